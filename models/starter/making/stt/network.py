"""The network: two strided convolutions (60 ms frames) and residual pre-norm GRUs, causal, with CTC outputs."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from features import BANDS


class Network(nn.Module):
    """The attribute names are those of the checkpoint."""

    def __init__(self, vocabulary, width=256, layers=5, channels=128, dropout=0.1):
        super().__init__()
        self.width, self.layers, self.vocabulary = width, layers, vocabulary
        self.c1 = nn.Conv1d(BANDS, channels, 5, stride=2)
        self.c2 = nn.Conv1d(channels, width, 5, stride=3)
        self.ln0 = nn.LayerNorm(width)
        self.g = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(layers))
        self.ln = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.lno = nn.LayerNorm(width)
        self.out = nn.Linear(width, vocabulary)
        self.dr = nn.Dropout(dropout)
        self.register_buffer("mean", torch.full((BANDS,), -6.0))
        self.register_buffer("istd", torch.full((BANDS,), 0.3))

    @staticmethod
    def output_frames(frames):
        after_first = torch.div(frames - 5, 2, rounding_mode="floor") + 1
        return torch.div(after_first - 5, 3, rounding_mode="floor") + 1

    def forward(self, features, state=None):
        """features (batch, frames, bands), state (batch, layers, 1, width) -> log-probabilities, next state."""
        x = (features - self.mean) * self.istd
        y = F.relu(self.c2(F.relu(self.c1(x.transpose(1, 2))))).transpose(1, 2)
        y = self.ln0(y)
        states = []
        for layer in range(self.layers):
            before = state[:, layer].transpose(0, 1).contiguous() if state is not None else None
            z, after = self.g[layer](self.ln[layer](y), before)
            y = y + self.dr(z)
            states.append(after)
        log_probabilities = F.log_softmax(self.out(self.lno(y)), -1)
        return log_probabilities, torch.stack(states, 0).permute(2, 0, 1, 3)

    def start(self, mean, inverse_deviation):
        """Normalises by the data and leans towards blank, as CTC training from nothing needs."""
        self.mean.copy_(mean)
        self.istd.copy_(inverse_deviation)
        nn.init.constant_(self.out.bias, 0)
        self.out.bias.data[0] = 1.0
        for gru in self.g:
            for name, parameter in gru.named_parameters():
                if "weight_hh" in name:
                    for gate in parameter.data.chunk(3):
                        nn.init.orthogonal_(gate)
