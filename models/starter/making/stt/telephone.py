"""What a telephone does to speech, for training: band limits, equalisation, short reverb, noise, gain, mu-law,
drop-outs (whole batches, in the frequency domain), and SpecAugment on the features."""

import math
import random

import numpy as np
import torch

from features import BANDS

LOUDNESS_DB = (-36, -10)
BABBLE = 4


class Telephone:
    def __init__(self, utterances, seed=1):
        """`utterances`: a list of int16 arrays, for the babble."""
        self._rng = np.random.default_rng(seed)
        self._noises = self._noise_bank(utterances)

    def __call__(self, audio, lengths):
        """audio (batch, samples), `lengths` of its speech in samples."""
        batch, samples = audio.shape
        size = int(math.ceil((samples + 1600) / 2000) * 2000)
        response = _equaliser(batch, size // 2 + 1) * torch.fft.rfft(_room(batch), size)
        y = torch.fft.irfft(torch.fft.rfft(audio, size) * response, size)[:, :samples]
        loudness = (y.pow(2).sum(1) / torch.tensor(lengths)).sqrt()[:, None] + 1e-6
        y = y / loudness
        for row in range(batch):
            self._add_noise(y[row])
            _drop_out(y[row], lengths[row])
        low, high = LOUDNESS_DB
        y = (y * 10 ** ((torch.rand(batch, 1) * (high - low) + low) / 20)).clamp(-1, 1)
        coded = torch.rand(batch, 1) < 0.75
        return torch.where(coded, mu_law(y), (y * 32768).round() / 32768)

    def _add_noise(self, row):
        if random.random() >= 0.7:
            return
        kind = random.randrange(len(self._noises))
        begin = random.randrange(self._noises.shape[1] - len(row))
        ratio_db = random.uniform(10, 35) if random.random() < 0.8 else random.uniform(3, 12)
        if kind == BABBLE:
            ratio_db = max(ratio_db, 10)
        row += self._noises[kind, begin : begin + len(row)] * 10 ** (-ratio_db / 20)

    def _noise_bank(self, utterances):
        """Four colours of noise, babble, and mains hum: four minutes each, of loudness 1."""
        length = 8000 * 240
        noises = []
        for slope in (0, 0.5, 1.0, 1.6):
            spectrum = np.fft.rfft(self._rng.standard_normal(length))
            spectrum /= (np.arange(len(spectrum)) + 1) ** slope
            spectrum[: int(40 * length / 8000)] *= 0.05
            noises.append(np.fft.irfft(spectrum, length))
        noises.append(self._babble(utterances, length))
        t = np.arange(length) / 8000
        noises.append(sum(np.sin(2 * np.pi * 50 * k * t + k) / k for k in range(1, 12)))
        return torch.from_numpy(np.stack([noise / noise.std() for noise in noises]).astype(np.float32))

    def _babble(self, utterances, length):
        babble = np.zeros(length)
        for _ in range(6):
            at = 0
            while at < length:
                voice = utterances[self._rng.integers(len(utterances))].astype(np.float32) / 32768
                voice = voice[: length - at]
                babble[at : at + len(voice)] += voice
                at += len(voice) + self._rng.integers(0, 4000)
        return babble


def _equaliser(batch, bins):
    f = torch.linspace(0, 4000, bins)
    gain_db = (torch.rand(batch, 1) - 0.5) * 12 * (f / 4000 - 0.4)
    for _ in range(3):
        centre, width = torch.rand(batch, 1) * 4000, 200 + torch.rand(batch, 1) * 900
        gain_db = gain_db + (torch.rand(batch, 1) - 0.5) * 10 * torch.exp(-(((f - centre) / width) ** 2))
    low, high = torch.rand(batch, 1) * 330 + 20, 3100 + torch.rand(batch, 1) * 900
    band = 1 / (1 + (low / (f + 1e-3)) ** 6) / (1 + (f / high) ** 12)
    is_telephone = (torch.rand(batch, 1) < 0.7).float()
    return 10 ** (gain_db / 20) * (is_telephone * band + (1 - is_telephone))


def _room(batch):
    """Impulse responses: a direct sound and up to 0.2 s of a weak, decaying rest."""
    n = 1600
    t = torch.arange(n) / 8000
    decay = 0.04 + torch.rand(batch, 1) * 0.25
    wet = torch.rand(batch, 1) * 0.3 * (torch.rand(batch, 1) < 0.35)
    tail = torch.randn(batch, n) * torch.exp(-6.9 * t / decay)
    tail = tail / tail.norm(dim=1, keepdim=True)
    delay = torch.randint(0, 60, (1,)).item()
    tail = torch.roll(tail, delay, 1)
    tail[:, :delay] = 0
    direct = torch.zeros(batch, n)
    direct[:, 0] = 1
    return direct * (1 - wet) + tail * wet


def _drop_out(row, length):
    if random.random() < 0.08:
        for _ in range(random.randint(1, 3)):
            at = random.randrange(max(1, length - 160))
            row[at : at + 160] = 0


def mu_law(y):
    """Coded by G.711's curve and decoded again."""
    coded = torch.sign(y) * torch.log1p(255 * y.abs()) / math.log(256)
    coded = (coded * 127).round() / 127
    return torch.sign(coded) * ((256 ** coded.abs()) - 1) / 255


def spec_augment(features):
    """Blanks a few bands and stretches of time with the utterance's mean."""
    batch, frames, _ = features.shape
    mean = features.mean((1, 2), keepdim=True)
    for row in range(batch):
        for _ in range(2):
            width = random.randint(0, 6)
            band = random.randrange(BANDS - width)
            features[row, :, band : band + width] = mean[row]
        for _ in range(max(1, frames // 200)):
            width = random.randint(0, 8)
            at = random.randrange(max(1, frames - width))
            features[row, at : at + width] = mean[row]
    return features
