"""Word pieces by byte-pair encoding over letters; "▁" marks the beginning of a word, token 0 is CTC's blank.

python word_pieces.py      learns bpe.json (360 pieces) from train.json
"""

import json
from collections import Counter

SIZE = 360
BEGIN = "\u2581"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _letters_of(word):
    return [BEGIN + word[0]] + list(word[1:])


class WordPieces:
    def __init__(self, path):
        with open(path) as file:
            stored = json.load(file)
        self.rank = {tuple(pair): rank for rank, pair in enumerate(stored["merges"])}
        self.tokens = stored["tokens"]
        self.ids = {token: number for number, token in enumerate(self.tokens)}
        self._known = {}

    def encode(self, text):
        return [piece for word in text.split() for piece in self._word(word)]

    def decode(self, ids):
        return "".join(self.tokens[number] for number in ids).replace(BEGIN, " ").strip()

    def _word(self, word):
        if word not in self._known:
            pieces = _letters_of(word)
            while len(pieces) > 1:
                best = min(
                    range(len(pieces) - 1), key=lambda at: self.rank.get((pieces[at], pieces[at + 1]), 1e9)
                )
                if (pieces[best], pieces[best + 1]) not in self.rank:
                    break
                pieces[best : best + 2] = [pieces[best] + pieces[best + 1]]
            self._known[word] = [self.ids[piece] for piece in pieces]
        return self._known[word]


def learn(texts, size):
    """Merges the commonest pair until there are `size` tokens; counts are flattened, so that rare words count, too."""
    counts = Counter(word for text in texts for word in text.split())
    pieces = {word: _letters_of(word) for word in counts}
    weights = {word: count**0.6 for word, count in counts.items()}
    tokens = ["<blk>"] + sorted({BEGIN + letter for letter in LETTERS} | set(LETTERS + "'"))
    merges = []
    while len(tokens) < size:
        pairs = Counter()
        for word, parts in pieces.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += weights[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        tokens.append(best[0] + best[1])
        for parts in pieces.values():
            at = 0
            while at < len(parts) - 1:
                if (parts[at], parts[at + 1]) == best:
                    parts[at : at + 2] = [best[0] + best[1]]
                at += 1
    return {"tokens": tokens, "merges": merges}


def main():
    with open("train.json") as file:
        texts = [said for said, _ in json.load(file)]
    with open("bpe.json", "w") as file:
        json.dump(learn(texts, SIZE), file)


if __name__ == "__main__":
    main()
