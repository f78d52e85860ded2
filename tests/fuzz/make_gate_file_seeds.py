#!/usr/bin/env python3
"""Writes the seeds of the gate file fuzzer: honest gates of the model that gate_file_target.h has, and near misses.

usage: make_gate_file_seeds.py [FOLDER]   (corpus/gate_file beside this script)
"""

import json
import math
import pathlib
import struct
import sys

HEADS, D_MODEL = 2, 4
METADATA = {"format": "gatescope-gate", "version": "1.0", "kind": "learned", "k": "4", "loss": "kl", "steps": "10",
            "model_sha256": "ab"}


def gate_file(layers=(0, 1), arrays=("query", "key"), gate_dim=2, dtype="F32", **metadata):
    header, data = {"__metadata__": {**METADATA, **metadata}}, b""
    for layer in layers:
        for array in arrays:
            count = HEADS * D_MODEL * gate_dim
            values = struct.pack(f"<{count}f", *(math.sin(7 * layer + n) for n in range(count)))
            header[f"layers.{layer}.{array}"] = {"dtype": dtype, "shape": [HEADS, D_MODEL, gate_dim],
                                                 "data_offsets": [len(data), len(data) + len(values)]}
            data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus" / "gate_file")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {
        "honest": gate_file(),
        "one_layer": gate_file(layers=(1,)),
        "odd_width": gate_file(gate_dim=3),
        "other_kind": gate_file(arrays=("index_query", "index_key"), kind="indexer"),
        "other_model": gate_file(model_sha256="cd"),
        "other_type": gate_file(dtype="I32"),
    }.items():
        (folder / f"{name}.safetensors").write_bytes(content)


if __name__ == "__main__":
    main()
