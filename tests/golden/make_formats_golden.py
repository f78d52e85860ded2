#!/usr/bin/env python3
"""Writes tests/golden/formats/numbers.safetensors: values of every number type, and what torch's .float() makes of them.

Needs torch (2.11) and safetensors. Run: make_formats_golden.py [FOLDER]
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

FLOATS = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
WHOLE = {"I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8}
BYTES = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2}


def numbers() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    usual = torch.randn(20, generator=generator, dtype=torch.float64)
    odd = torch.tensor([0.0, -0.0, 1e-45, -6e-8, 65504.0, 1e-300, float("inf"), float("-inf"), 1 / 3])
    out = {name: torch.cat([usual, odd.double()]).to(dtype) for name, dtype in FLOATS.items()}
    for name, dtype in WHOLE.items():
        limits = torch.iinfo(dtype)
        out[name] = torch.tensor([0, 1, limits.min, limits.max, limits.max // 3, 77], dtype=dtype)
    for name, dtype in BYTES.items():
        out[name] = torch.arange(256).to(torch.uint8).view(dtype)
    out["BOOL"] = torch.tensor([False, True, True])
    return out


def main() -> None:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "formats")
    folder.mkdir(parents=True, exist_ok=True)
    stored = numbers()
    save_file({**stored, **{name + ".float": t.float().clone() for name, t in stored.items()}}, folder / "numbers.safetensors")


if __name__ == "__main__":
    main()
