"""Trains the network.

    python train.py <minutes> <out.pt> [checkpoint.pt]

From nothing it begins with short, clean utterances: without that it never leaves the plateau where everything is
blank. From a checkpoint, `LR=1.2e-3` is a good peak; a low rate changes nothing. Environment: LR (peak learning rate,
2e-3), SECB (seconds of audio per batch, 150), NT (threads, 1).
"""

import glob
import json
import math
import os
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from features import fbank, frame_count
from network import Network
from scoring import greedy, word_errors
from telephone import Telephone, mu_law, spec_augment
from word_pieces import WordPieces

PEAK_RATE = float(os.environ.get("LR", "2e-3"))
BATCH_SECONDS = float(os.environ.get("SECB", "150"))
HELD_OUT = ("ho_seen", "ho_rms", "ho_es")
EVALUATE_EVERY_SECONDS = 420


class Utterances:
    """The sets tr*.json/.npy, taken in as they appear."""

    def __init__(self, pieces):
        self._pieces = pieces
        self._files = set()
        self.audio = []
        self.targets = []

    def refresh(self):
        for name in sorted(glob.glob("tr[0-9]*.json")):
            if name not in self._files:
                for text, samples in load_set(name[:-5]):
                    self.audio.append(samples)
                    self.targets.append(self._pieces.encode(text))
                self._files.add(name)
                print("loaded", name, len(self.audio), flush=True)


def load_set(name):
    with open(name + ".json") as file:
        index = json.load(file)
    audio = np.load(name + ".npy")
    ends = np.cumsum(index["len"])
    return [(text, audio[end - size : end]) for text, size, end in zip(index["text"], index["len"], ends)]


def make_batch(utterances, numbers, telephone, light):
    """Features and their lengths; `light` only changes loudness and adds a little noise."""
    before = [random.randint(0, 3200) for _ in numbers]
    after = [random.randint(2400, 4800) for _ in numbers]
    lengths = [len(utterances.audio[n]) + a + b for n, a, b in zip(numbers, before, after)]
    x = torch.zeros(len(numbers), max(lengths))
    for row, number in enumerate(numbers):
        samples = torch.from_numpy(utterances.audio[number].astype(np.float32) / 32768)
        x[row, before[row] : before[row] + len(samples)] = samples
    if light:
        gain = 10 ** ((torch.rand(len(numbers), 1) * 16 - 8) / 20)
        x = x * gain + torch.randn_like(x) * 10 ** (-3.5 + torch.rand(len(numbers), 1) * 1.2)
    else:
        x = telephone(x, lengths)
    features = fbank(x)
    return features, torch.tensor([frame_count(length) for length in lengths]).clamp(max=features.shape[1])


def plain_telephone(samples):
    """One fixed line, for evaluation."""
    x = torch.from_numpy(samples.astype(np.float32) / 32768)
    spectrum = torch.fft.rfft(x)
    f = torch.linspace(0, 4000, len(spectrum))
    y = torch.fft.irfft(spectrum / (1 + (250 / (f + 1e-3)) ** 6) / (1 + (f / 3400) ** 12), len(x))
    return mu_law(y / y.abs().max() * 0.35)


@torch.no_grad()
def evaluate(network, pieces, count):
    """Greedy word error rates in percent."""
    network.eval()
    rates = {}
    for name in HELD_OUT:
        errors = words = 0
        for text, samples in load_set(name)[:count]:
            line = torch.cat([torch.zeros(800), plain_telephone(samples), torch.zeros(4800)])[None]
            wrong, said = word_errors(text, pieces.decode(greedy(network(fbank(line))[0][0])))
            errors, words = errors + wrong, words + said
        rates[name] = round(100 * errors / words, 1)
    network.train()
    return rates


def batches(utterances, done):
    """Utterances of like length together, in random order; short ones only at the beginning (`done`: 0 to 1)."""
    numbers, seconds = range(len(utterances.audio)), BATCH_SECONDS
    if done < 0.05:
        numbers = [n for n in numbers if len(utterances.audio[n]) < 8000 * 2.6][:2500]
        seconds = 50
    elif done < 0.12:
        numbers = [n for n in numbers if len(utterances.audio[n]) < 8000 * 4]
        seconds = 75
    ordered = sorted(numbers, key=lambda n: len(utterances.audio[n]) * (1 + 0.15 * random.random()))
    result, current, longest = [], [], 0.0
    for number in ordered:
        length = len(utterances.audio[number]) / 8000 + 0.8
        if current and max(longest, length) * (len(current) + 1) > seconds:
            result.append(current)
            current, longest = [], 0.0
        current.append(number)
        longest = max(longest, length)
    if current:
        result.append(current)
    random.shuffle(result)
    return result


class Trainer:
    def __init__(self, seconds, out, checkpoint):
        self.seconds, self.out, self.continues = seconds, out, checkpoint is not None
        self.pieces = WordPieces("bpe.json")
        self.utterances = Utterances(self.pieces)
        while not self.utterances.audio:
            self.utterances.refresh()
            time.sleep(0 if self.utterances.audio else 5)
        self.telephone = Telephone(self.utterances.audio)
        self.network = Network(len(self.pieces.tokens))
        if checkpoint is not None:
            self.network.load_state_dict(torch.load(checkpoint, map_location="cpu")["net"])
        else:
            self._start_from_data()
        self.average = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=1e-3, weight_decay=0.01, betas=(0.9, 0.98)
        )
        self.step, self.audio_seconds = 0, 0.0
        self.began = self.evaluated = time.time()

    def _start_from_data(self):
        first = list(range(min(128, len(self.utterances.audio))))
        features, lengths = make_batch(self.utterances, first, self.telephone, light=False)
        frames = torch.cat([features[row, :length] for row, length in enumerate(lengths)])
        with torch.no_grad():
            self.network.start(frames.mean(0), 1 / frames.std(0))

    @property
    def done(self):
        return (time.time() - self.began) / self.seconds

    def run(self):
        while self.done < 1:
            self.utterances.refresh()
            for numbers in batches(self.utterances, 1 if self.continues else self.done):
                if self.done >= 1:
                    break
                self._learn(numbers)
                if time.time() - self.evaluated > EVALUATE_EVERY_SECONDS:
                    self._checkpoint(80)
        self._checkpoint(400)

    def _rate(self):
        hold = 0.15 if self.continues else 0.35
        decay = (
            1.0
            if self.done < hold
            else max(0.01, 0.5 * (1 + math.cos(math.pi * (self.done - hold) / (1 - hold))))
        )
        return PEAK_RATE * min(1, (self.step + 1) / 60) * decay

    def _share_of_light(self):
        if self.continues:
            return 0.3
        return 1.0 if self.done < 0.08 else max(0.3, 1 - (self.done - 0.08) / 0.12)

    def _learn(self, numbers):
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        light = random.random() < self._share_of_light()
        features, lengths = make_batch(self.utterances, numbers, self.telephone, light)
        if self.done > 0.15 and not light:
            features = spec_augment(features)
        loss = self._loss(features, lengths, [self.utterances.targets[n] for n in numbers])
        self.optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 3.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        self.step += 1
        self.audio_seconds += float(lengths.sum()) / 100
        self._average()
        if self.step % 50 == 0:
            print(
                f"step {self.step} {self.audio_seconds / 3600:.1f} h loss {loss.item():.3f} lr {self._rate():.2e}",
                flush=True,
            )

    def _loss(self, features, lengths, targets):
        log_probabilities, _ = self.network(features)
        sizes = torch.tensor([len(target) for target in targets])
        joined = torch.tensor([token for target in targets for token in target])
        frames = Network.output_frames(lengths)
        losses = F.ctc_loss(
            log_probabilities.transpose(0, 1), joined, frames, sizes, reduction="none", zero_infinity=True
        )
        return losses.sum() / sizes.sum()

    @torch.no_grad()
    def _average(self):
        keep = min(0.998, self.step / (self.step + 20))
        for name, value in self.network.state_dict().items():
            self.average[name].mul_(keep).add_(value, alpha=1 - keep)

    def _checkpoint(self, count):
        """Evaluates and stores the running average of the weights, which is better than the weights."""
        current = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.network.load_state_dict(self.average)
        torch.save(
            {"net": self.network.state_dict(), "step": self.step, "audio": self.audio_seconds}, self.out
        )
        print("word errors, greedy", evaluate(self.network, self.pieces, count), flush=True)
        self.network.load_state_dict(current)
        self.evaluated = time.time()


def main():
    torch.set_num_threads(int(os.environ.get("NT", "1")))
    torch.manual_seed(1)
    random.seed(1)
    minutes, out, *checkpoint = sys.argv[1:]
    Trainer(float(minutes) * 60, out, checkpoint[0] if checkpoint else None).run()


if __name__ == "__main__":
    main()
