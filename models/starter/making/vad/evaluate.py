"""Scores vad.pt on 120 fresh mixes: windows right, speech missed, false alarms.

python evaluate.py
"""

import torch

from mixes import Mixes
from network import VoiceActivity

COUNT = 120


def main():
    network = VoiceActivity()
    network.load_state_dict(torch.load("vad.pt"))
    network.eval()
    windows, labels = Mixes(seed=99).batch(COUNT)
    speech = labels > 0.5
    with torch.no_grad():
        found = network.sequence(torch.from_numpy(windows)).numpy() > 0
    print(f"windows right {(found == speech).mean():.3f}")
    print(f"speech missed {(~found & speech).sum() / speech.sum():.3f}")
    print(f"false alarms {(found & ~speech).sum() / (~speech).sum():.3f}")


if __name__ == "__main__":
    main()
