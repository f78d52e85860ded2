#!/usr/bin/env python3
"""Writes the seeds of the fuzzers of safetensors and PyTorch files: corpus/safetensors and corpus/pickle.

Needs torch (2.11) and safetensors. Run: make_checkpoint_seeds.py [FOLDER]
"""

import collections
import io
import pathlib
import struct
import sys
import zipfile

import torch
from safetensors.torch import save

KINDS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.uint8, torch.bool,
         torch.float8_e4m3fn, torch.float8_e5m2)


def safetensors_seeds() -> dict[str, bytes]:
    every = {f"k{n}": torch.arange(6).view(2, 3).to(kind) for n, kind in enumerate(KINDS)}
    by_hand = b'{"a":{"shape":[],"dtype":"F4","data_offsets":[0,0]},"b":{"dtype":"U64","data_offsets":[0,8],"shape":[1]}}'
    by_hand = by_hand.replace(b'"shape":[],"dtype":"F4"', b'"shape":[0],"dtype":"F4"')
    return {
        "kinds.safetensors": save(every, metadata={"format": "pt"}),
        "empty.safetensors": save({"none": torch.empty(0, 2), "one": torch.tensor(1.0)}),
        "order.safetensors": struct.pack("<Q", len(by_hand)) + by_hand + b"12345678",
    }


def saved(value: object, protocol: int = 2) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, pickle_protocol=protocol)
    return file.getvalue()


def pickle_seeds() -> dict[str, bytes]:
    matrix = torch.arange(6.0).view(2, 3)
    state = collections.OrderedDict(a=matrix, b=matrix.t(), c=matrix[:, 1:], d=torch.nn.Parameter(torch.ones(2)))
    archives = {"state": saved(state), "fp8": saved({"a": matrix.to(torch.float8_e5m2)}),
                "wrapped": saved({"model": state, "step": 3, "seen": {1}, "list": [1.5, None, True, 2**70]})}
    pickles = {}
    for protocol in range(2, 6):
        with zipfile.ZipFile(io.BytesIO(saved({"model": state, "note": (1, "x")}, protocol))) as archive:
            name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
            pickles[f"protocol{protocol}.pkl"] = archive.read(name)
    return {**{f"{name}.pt": data for name, data in archives.items()}, **pickles}


def main() -> None:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")
    for kind, seeds in (("safetensors", safetensors_seeds()), ("pickle", pickle_seeds())):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, data in seeds.items():
            (folder / kind / name).write_bytes(data)


if __name__ == "__main__":
    main()
