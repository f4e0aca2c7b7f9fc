"""Chooses the sentences of the committed bench: from the held-out ones of three words and more, 120 spread evenly, and
30 digit strings.

    python bench_sentences.py <stt-sentences.json>      reads heldout.json
"""

import json
import sys

DIGITS = set("zero oh one two three four five six seven eight nine double triple".split())
LEADS = [
    "my number is",
    "my phone number is",
    "extension",
    "call me back on",
    "it's",
    "that's",
    "you can reach me at",
    "yes it's",
    "sure it's",
    "um yes it's",
    "the reference number is",
    "my reference number is",
]
SENTENCES = 120
DIGIT_STRINGS = 30
SPOKEN_BY_RMS = 400


def is_digit_string(said):
    lead = max((lead for lead in LEADS if said.startswith(lead + " ")), key=len, default="")
    words = said[len(lead) :].split()
    return len(words) >= 3 and all(word in DIGITS for word in words)


def entry(pair):
    return {"text": pair[0], "spoken": pair[1]}


def main():
    with open("heldout.json") as file:
        held_out = json.load(file)
    others = [p for p in held_out[:SPOKEN_BY_RMS] if not is_digit_string(p[0]) and len(p[0].split()) >= 3]
    chosen = [others[int(at * len(others) / SENTENCES)] for at in range(SENTENCES)]
    digits = [pair for pair in held_out if is_digit_string(pair[0])][:DIGIT_STRINGS]
    lists = {"sentences": [entry(pair) for pair in chosen], "digits": [entry(pair) for pair in digits]}
    with open(sys.argv[1], "w") as file:
        json.dump(lists, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
