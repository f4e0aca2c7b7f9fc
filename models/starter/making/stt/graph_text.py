"""More sentences of the grammar, text only, for the decoding graph: lmtext.json (120,000).

python graph_text.py      reads heldout.json, whose sentences stay out
"""

import json

from sentences import generate

COUNT = 120_000
SEED = 4242


def main():
    with open("heldout.json") as file:
        unseen = {said for said, _ in json.load(file) if len(said.split()) >= 3}
    with open("lmtext.json", "w") as file:
        json.dump([said for said, _ in generate(COUNT, SEED, unseen)], file)


if __name__ == "__main__":
    main()
