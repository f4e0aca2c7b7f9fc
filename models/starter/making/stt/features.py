"""Kaldi-style log-mel filterbank, 8 kHz, 40 bands: what sherpa-onnx computes with featConfig {sampleRate: 8000,
featureDim: 40} (25 ms povey window every 10 ms, pre-emphasis 0.97, DC removed, 20 to 3,600 Hz, reflected edges)."""

import numpy as np
import torch

SAMPLE_RATE = 8000
BANDS = 40
FRAME = 200
SHIFT = 80
FFT = 256


def _mel(hertz):
    return 1127.0 * np.log(1 + hertz / 700.0)


def _mel_banks():
    low, high = _mel(20.0), _mel(SAMPLE_RATE / 2 - 400.0)
    step = (high - low) / (BANDS + 1)
    banks = np.zeros((BANDS, FFT // 2), np.float32)
    mels = _mel(np.arange(FFT // 2) * SAMPLE_RATE / FFT)
    for band in range(BANDS):
        left, centre, right = low + band * step, low + (band + 1) * step, low + (band + 2) * step
        rising = (mels - left) / (centre - left)
        falling = (right - mels) / (right - centre)
        weights = np.where(mels <= centre, rising, falling)
        weights[(mels <= left) | (mels >= right)] = 0
        banks[band] = weights
    return torch.from_numpy(banks.T.copy())


def _povey_window():
    n = np.arange(FRAME)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / (FRAME - 1))
    return torch.from_numpy((hann**0.85).astype(np.float32))


_BANKS = _mel_banks()
_WINDOW = _povey_window()


def frame_count(samples):
    return (samples + SHIFT // 2) // SHIFT


def fbank(audio):
    """Log-mel features (batch, frames, bands) of audio (batch, samples) in -1..1."""
    _, samples = audio.shape
    frames = frame_count(samples)
    left = FRAME // 2 - SHIFT // 2
    needed = (frames - 1) * SHIFT + FRAME - left
    right = audio[:, samples - max(0, needed - samples) :].flip(1) if needed > samples else audio[:, :0]
    padded = torch.cat([audio[:, :left].flip(1), audio, right], 1)
    windows = padded.unfold(1, FRAME, SHIFT)[:, :frames]
    windows = windows - windows.mean(2, keepdim=True)
    first = windows[:, :, :1] * (1 - 0.97)
    windows = torch.cat([first, windows[:, :, 1:] - 0.97 * windows[:, :, :-1]], 2) * _WINDOW
    spectrum = torch.fft.rfft(windows, FFT)[..., : FFT // 2]
    power = spectrum.real**2 + spectrum.imag**2
    return torch.log(torch.clamp(power @ _BANKS, min=1.1920929e-07))
