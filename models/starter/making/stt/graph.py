"""A token n-gram model with back-off times the CTC topology, as one decoding graph for sherpa-onnx
(`ctcFstDecoderConfig.graph`). Every token can still follow every other, so the vocabulary stays open, and all states
are final, so partial results keep flowing.

    python graph.py <scale> <bonus> <order> <least count> <out.fst>      the starter model has 0.4 0.8 4 6

`scale` weighs the language model against the network, `bonus` is given for every token. Reads bpe.json, train.json
and lmtext.json; needs OpenFst's fstcompile and fstconvert.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

from word_pieces import WordPieces

BEGIN = -1
BLANK_LABEL = 1


class NGrams:
    """Interpolated Witten-Bell estimates over token histories."""

    def __init__(self, texts, pieces, order, least):
        self.order, self.tokens = order, len(pieces.tokens)
        self.counts = self._count(texts, pieces)
        self._prune(least)
        uni = self.counts[1][()]
        total = sum(uni.values())
        self.unigram = [
            (uni.get(token, 0) + 0.5) / (total + 0.5 * self.tokens) for token in range(self.tokens)
        ]
        self.histories = self._histories()

    def _count(self, texts, pieces):
        counts = [None] + [defaultdict(Counter) for _ in range(self.order)]
        for text in texts:
            sequence = [BEGIN] + pieces.encode(text)
            for at in range(1, len(sequence)):
                for n in range(1, min(self.order, at + 1) + 1):
                    counts[n][tuple(sequence[at - n + 1 : at])][sequence[at]] += 1
        return counts

    def _prune(self, least):
        for n in range(2, self.order + 1):
            for history in list(self.counts[n]):
                kept = {k: v for k, v in self.counts[n][history].items() if v >= (least if n > 2 else 1)}
                if kept:
                    self.counts[n][history] = Counter(kept)
                else:
                    del self.counts[n][history]

    def _histories(self):
        """All histories with the shorter ones that they back off to, and each token alone."""
        histories = {()}
        for n in range(2, self.order + 1):
            for history in self.counts[n]:
                while history:
                    histories.add(history)
                    history = history[1:]
        return histories | {(token,) for token in range(1, self.tokens)}

    def after(self, history):
        return self.counts[len(history) + 1].get(history, {})

    def probability(self, history, token):
        if not history:
            return self.unigram[token]
        following = self.counts[len(history) + 1].get(history)
        if not following:
            return self.probability(history[1:], token)
        kinds, total = len(following), sum(following.values())
        return (following.get(token, 0) + kinds * self.probability(history[1:], token)) / (total + kinds)

    def back_off(self, history):
        """What is left for tokens that were never seen after this history."""
        following = self.after(history)
        if not following:
            return 1.0
        shorter = sum(self.probability(history[1:], token) for token in following)
        own = sum(self.probability(history, token) for token in following)
        return max(1e-4, min(1.0, (1 - own) / max(1e-4, 1 - shorter)))

    def longest(self, history):
        while history and history not in self.histories:
            history = history[1:]
        return history


class Graph:
    """States are pairs of a history and whether a blank ("B") or its last token ("N") came last: CTC may repeat a
    token only across a blank. "U" is the state without history."""

    def __init__(self, ngrams, scale, bonus):
        self.ngrams, self.scale, self.bonus = ngrams, scale, bonus
        self._states = {}
        self.start = self._state((BEGIN,), "B")
        self.lines = []
        for history in list(ngrams.histories):
            if history == ():
                self._without_history()
            else:
                self._with_history(history)
        self.lines.sort(key=lambda line: 0 if line.split()[0] == str(self.start) else 1)

    def _state(self, history, kind):
        return self._states.setdefault((history, kind), len(self._states))

    def _weight(self, probability):
        return f"{-self.scale * math.log(probability) - self.bonus:.4f}"

    def _token_arc(self, state, history, token, probability):
        to = self._state(self.ngrams.longest(history[-(self.ngrams.order - 1) :]), "N")
        self.lines.append(f"{state} {to} {token + 1} {token + 1} {self._weight(probability)}")

    def _without_history(self):
        state = self._state((), "U")
        for token in range(1, self.ngrams.tokens):
            self._token_arc(state, (token,), token, self.ngrams.unigram[token])
        self.lines.append(f"{state} 0")

    def _with_history(self, history):
        after_blank = self._state(history, "B")
        weight = f"{-self.scale * math.log(self.ngrams.back_off(history)):.4f}"
        self._arcs(history, "B", after_blank, weight)
        if history[-1] != BEGIN:
            self._arcs(history, "N", after_blank, weight)

    def _arcs(self, history, kind, after_blank, weight):
        state, last, shorter = self._state(history, kind), history[-1], history[1:]
        for token in self.ngrams.after(history):
            if token != 0 and not (kind == "N" and token == last):
                self._token_arc(state, history + (token,), token, self.ngrams.probability(history, token))
        back = self._state(shorter, "U" if shorter == () else kind)
        self.lines.append(f"{state} {back} 0 0 {weight}")
        self.lines.append(f"{state} {after_blank} {BLANK_LABEL} 0 0")
        if kind == "N":
            self.lines.append(f"{state} {state} {last + 1} 0 0")
        self.lines.append(f"{state} 0")


def compile_graph(lines, out):
    with tempfile.TemporaryDirectory() as folder:
        text, compiled = os.path.join(folder, "g.txt"), os.path.join(folder, "g.fst")
        with open(text, "w") as file:
            file.write("\n".join(lines) + "\n")
        subprocess.check_call(["fstcompile", text, compiled])
        subprocess.check_call(["fstconvert", "--fst_type=const", compiled, out])


def main():
    scale, bonus, order, least, out = sys.argv[1:]
    with open("train.json") as file:
        texts = [said for said, _ in json.load(file)]
    with open("lmtext.json") as file:
        texts += json.load(file)
    ngrams = NGrams(texts, WordPieces("bpe.json"), int(order), int(least))
    graph = Graph(ngrams, float(scale), float(bonus))
    compile_graph(graph.lines, out)
    print(len(ngrams.histories), "histories,", len(graph.lines), "arcs,", os.path.getsize(out), "bytes")


if __name__ == "__main__":
    main()
