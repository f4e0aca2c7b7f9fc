"""Writes the network as a streaming ONNX model for sherpa-onnx's `nemoCtc` loader, with tokens.txt.

    python export.py <folder> <checkpoint.pt>

The loader keeps three "caches" per stream without knowing what is in them: the first holds the GRU states. It takes
31 feature frames at a time and moves on by 24.
"""

import os
import sys

import onnx
import torch

from features import BANDS, SAMPLE_RATE
from network import Network
from word_pieces import WordPieces

SHIFT_FRAMES = 24
WINDOW_FRAMES = 31
OPSET = 14
INPUTS = ["audio_signal", "length", "cache_last_channel", "cache_last_time", "cache_last_channel_len"]
OUTPUTS = [
    "logprobs",
    "encoded_lengths",
    "cache_last_channel_next",
    "cache_last_time_next",
    "cache_last_channel_next_len",
]


class Streaming(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, audio_signal, length, cache_last_channel, cache_last_time, cache_last_channel_len):
        log_probabilities, state = self.network(audio_signal.transpose(1, 2), cache_last_channel)
        frames = log_probabilities.shape[1]
        return (
            log_probabilities,
            length * 0 + frames,
            state,
            cache_last_time * 1.0,
            cache_last_channel_len + frames,
        )


def export(network, path):
    network.eval()
    example = (
        torch.randn(1, BANDS, WINDOW_FRAMES),
        torch.full((1,), WINDOW_FRAMES, dtype=torch.long),
        torch.zeros(1, network.layers, 1, network.width),
        torch.zeros(1, 1, 1, 1),
        torch.zeros(1, dtype=torch.long),
    )
    axes = {name: {0: "N"} for name in INPUTS + OUTPUTS}
    axes["audio_signal"][2] = "T"
    axes["logprobs"][1] = "T_out"
    options = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
    torch.onnx.export(
        Streaming(network),
        example,
        path,
        input_names=INPUTS,
        output_names=OUTPUTS,
        opset_version=OPSET,
        dynamic_axes=axes,
        **options,
    )
    add_metadata(path, network)


def add_metadata(path, network):
    """The loader ends its process when one of these is missing. `vocab_size` does not count the blank."""
    model = onnx.load(path)
    metadata = {
        "window_size": WINDOW_FRAMES,
        "chunk_shift": SHIFT_FRAMES,
        "subsampling_factor": 6,
        "vocab_size": network.vocabulary - 1,
        "cache_last_channel_dim1": network.layers,
        "cache_last_channel_dim2": 1,
        "cache_last_channel_dim3": network.width,
        "cache_last_time_dim1": 1,
        "cache_last_time_dim2": 1,
        "cache_last_time_dim3": 1,
        "model_type": "EncDecCTCModelBPE",
        "sample_rate": SAMPLE_RATE,
        "feature_dim": BANDS,
    }
    del model.metadata_props[:]
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.save(model, path)


def main():
    folder, checkpoint = sys.argv[1:]
    pieces = WordPieces("bpe.json")
    network = Network(len(pieces.tokens))
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["net"])
    os.makedirs(folder, exist_ok=True)
    export(network, os.path.join(folder, "model.onnx"))
    with open(os.path.join(folder, "tokens.txt"), "w") as file:
        file.writelines(f"{token} {number}\n" for number, token in enumerate(pieces.tokens))
    print(sum(parameter.numel() for parameter in network.parameters()), "parameters")


if __name__ == "__main__":
    main()
