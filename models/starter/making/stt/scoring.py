"""Greedy CTC decoding and word errors, for watching a training run."""


def greedy(log_probabilities):
    ids, previous = [], -1
    for token in log_probabilities.argmax(-1).tolist():
        if token != previous and token != 0:
            ids.append(token)
        previous = token
    return ids


def word_errors(said, heard):
    """Wrong words and words in all."""
    reference, hypothesis = said.split(), heard.split()
    row = list(range(len(hypothesis) + 1))
    for i in range(1, len(reference) + 1):
        diagonal, row[0] = row[0], i
        for j in range(1, len(hypothesis) + 1):
            above = row[j]
            row[j] = min(row[j] + 1, row[j - 1] + 1, diagonal + (reference[i - 1] != hypothesis[j - 1]))
            diagonal = above
    return row[-1], len(reference)
