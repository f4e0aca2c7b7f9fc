"""Five-second mixes for training: speech among silence, with noise, hum, call-progress tones, clicks and sirens, coded
by mu-law, and whether each 32 ms window is speech. Reads the sets tr0 and tr1 that ../stt/speech.py made."""

import json
import random

import numpy as np
from scipy.signal import resample_poly

from network import CONTEXT, HOP

SAMPLES = 8000 * 5
FRAME = 80
TONES = [50, 60, 100, 350, 400, 425, 440, 480]


class Mixes:
    def __init__(self, seed):
        random.seed(seed)
        self._rng = np.random.default_rng(seed)
        self._voices = [voice for name in ("tr0", "tr1") for voice in _load(name)]

    def sample(self):
        """Windows (time, 576) at 16 kHz and 0 or 1 for each."""
        speech, is_speech = self._speech()
        mixed = _telephone(_scaled(speech + self._disturbance(speech, is_speech)))
        wide = resample_poly(mixed, 2, 1).astype(np.float32)
        padded = np.concatenate([np.zeros(CONTEXT, np.float32), wide])
        count = (len(padded) - CONTEXT) // HOP
        windows = np.stack([padded[i * HOP : i * HOP + CONTEXT + HOP] for i in range(count)])
        labels = [is_speech[int(i * 3.2) : int(i * 3.2) + 4].mean() > 0.5 for i in range(count)]
        return windows, np.array(labels, np.float32)

    def batch(self, size):
        samples = [self.sample() for _ in range(size)]
        return np.stack([windows for windows, _ in samples]), np.stack([labels for _, labels in samples])

    def _speech(self):
        speech, is_speech = np.zeros(SAMPLES, np.float32), np.zeros(SAMPLES // FRAME, bool)
        at = SAMPLES if random.random() < 0.12 else random.randint(0, 12000)
        while at < SAMPLES - 4000:
            voice = random.choice(self._voices)[: SAMPLES - at] * 10 ** (random.uniform(-14, 2) / 20)
            speech[at : at + len(voice)] += voice
            first = at // FRAME
            active = _active_frames(voice)[: len(is_speech) - first]
            is_speech[first : first + len(active)] |= active
            at += len(voice) + random.randint(1500, 24000)
        return speech, is_speech

    def _disturbance(self, speech, is_speech):
        loudness = (
            np.sqrt((speech**2).sum() / max(1, is_speech.sum() * FRAME)) + 1e-6 if is_speech.any() else 0.05
        )
        noise = np.zeros(SAMPLES)
        for _ in range(random.randint(0, 2)):
            noise += self._one_noise() * loudness * 10 ** (-random.uniform(5, 35) / 20)
        return noise

    def _one_noise(self):
        t, kind = np.arange(SAMPLES) / 8000, random.random()
        if kind < 0.6:
            return self._coloured(random.choice([0, 0.5, 1, 1.5]))
        if kind < 0.75:
            hertz = random.choice(TONES)
            tone = np.sin(2 * np.pi * hertz * t) + random.random() * np.sin(2 * np.pi * hertz * 1.31 * t)
            tone *= np.sin(2 * np.pi * random.uniform(0.1, 0.5) * t) > random.uniform(-1, 0.5)
            return tone / (tone.std() + 1e-6)
        if kind < 0.9:
            clicks = np.zeros(SAMPLES)
            for at in self._rng.integers(0, SAMPLES - 300, 12):
                clicks[at : at + 200] = self._rng.standard_normal(200) * np.exp(-np.arange(200) / 30)
            return clicks / (clicks.std() + 1e-6)
        hertz = 300 + 250 * np.sin(2 * np.pi * random.uniform(0.2, 2) * t)
        siren = np.sin(2 * np.pi * np.cumsum(hertz) / 8000)
        return siren / siren.std() * 0.7

    def _coloured(self, slope):
        spectrum = np.fft.rfft(self._rng.standard_normal(SAMPLES))
        spectrum /= (np.arange(len(spectrum)) + 1) ** slope
        noise = np.fft.irfft(spectrum, SAMPLES)
        return noise / noise.std()


def _load(name):
    with open(name + ".json") as file:
        lengths = json.load(file)["len"][:1500]
    ends = np.cumsum(lengths)
    audio = np.load(name + ".npy")
    return [audio[end - size : end].astype(np.float32) / 32768 for size, end in zip(lengths, ends)]


def _active_frames(voice):
    energy = np.convolve(np.add.reduceat(voice**2, np.arange(0, len(voice), FRAME)), np.ones(3) / 3, "same")
    return np.convolve(energy > energy.max() * 10**-3.3, np.ones(9), "same") > 0


def _scaled(audio):
    if random.random() < 0.9:
        return audio / (np.abs(audio).max() + 1e-6) * 10 ** (random.uniform(-30, -1) / 20)
    return audio * 0.1


def _telephone(audio):
    if random.random() >= 0.7:
        return audio
    coded = np.sign(audio) * np.log1p(255 * np.abs(audio)) / np.log(256)
    coded = np.round(coded * 127) / 127
    return np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
