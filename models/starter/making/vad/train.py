"""Trains and exports the voice-activity network.

python train.py <seconds> <vad.onnx>      also writes vad.pt; 300 seconds made the starter model
"""

import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from mixes import Mixes
from network import CONTEXT, HOP, VoiceActivity

BATCH = 24


def train(network, seconds):
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    mixes, began, step = Mixes(seed=0), time.time(), 0
    while time.time() - began < seconds:
        windows, labels = (torch.from_numpy(array) for array in mixes.batch(BATCH))
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * max(0.02, 1 - (time.time() - began) / seconds)
        logits = network.sequence(windows)
        loss = F.binary_cross_entropy_with_logits(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            right = ((logits > 0) == (labels > 0.5)).float().mean().item()
            print(step, f"loss {loss.item():.3f} windows right {right:.3f}", flush=True)


def export(network, path):
    example = (torch.zeros(1, CONTEXT + HOP), torch.zeros(2, 1, 128), torch.tensor(16000))
    options = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
    torch.onnx.export(
        network,
        example,
        path,
        input_names=["input", "state", "sr"],
        output_names=["output", "stateN"],
        opset_version=14,
        **options,
    )


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = VoiceActivity()
    train(network, float(sys.argv[1]))
    network.eval()
    torch.save(network.state_dict(), "vad.pt")
    export(network, sys.argv[2])


if __name__ == "__main__":
    main()
