"""A tiny voice-activity network with the tensor interface that sherpa-onnx's Vad expects of silero v5: input (1, 576)
= 64 samples of context + 512 new ones at 16 kHz, state (2, 1, 128), sr -> output (1, 1), stateN."""

import torch
import torch.nn as nn
import torch.nn.functional as F

CONTEXT = 64
HOP = 512


class VoiceActivity(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv1d(1, 40, 128, stride=64)
        self.l = nn.Linear(40 * 8, 64)
        self.g = nn.GRU(64, 128, batch_first=True)
        self.o = nn.Linear(128, 1)

    def features(self, windows):
        y = self.c(windows[:, None] * 8)
        y = torch.log1p(100 * y.abs())
        return F.relu(self.l(y.flatten(1)))

    def forward(self, input, state, sr):
        """One window. The second half of the state and the rate are part of the interface only."""
        z, after = self.g(self.features(input)[:, None], state[:1])
        probability = torch.sigmoid(self.o(z[:, 0]))
        return probability + 0 * sr.float().sum() * 0, torch.cat([after, state[1:] * 1.0], 0)

    def sequence(self, windows, state=None):
        """windows (batch, time, 576) -> one logit per window."""
        batch, time, _ = windows.shape
        features = self.features(windows.reshape(batch * time, -1)).reshape(batch, time, -1)
        z, _ = self.g(features, state)
        return self.o(z)[..., 0]
