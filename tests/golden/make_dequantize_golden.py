#!/usr/bin/env python3
"""Writes tests/golden/dequantize/TYPE.bin, the measure of model/checkpoint/dequantize*.cpp.

Each file is blocks of one type as GGUF stores them, followed by the float32 values that `gguf.dequantize` makes of them.
Needs gguf (0.19) and numpy. Run: make_dequantize_golden.py [FOLDER]
"""

import pathlib
import sys

import gguf
import numpy as np

BLOCKS = {1: 512, 32: 24, 256: 4}  # blocks a file, by values a block
# Bytes at which a block's halves lie (scale, least value).
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}
# Halves that rounding and sign get wrong first: zeros, least and largest subnormal, least normal, largest, inexact.
ODD_HALVES = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x7BFF, 0x2E66, 0xAE66], dtype=np.uint16)


def random_halves(random: np.random.Generator, count: int) -> np.ndarray:
    """Finite halves, mostly of the size of a weight's scale, some odd."""
    usual = random.normal(0, 0.01, count).astype(np.float16).view(np.uint16)
    return np.where(random.random(count) < 0.25, random.choice(ODD_HALVES, count), usual)


def plain_values(name: str, random: np.random.Generator) -> np.ndarray:
    """The bytes of unquantised values; every finite kind of half and bfloat16, infinities too."""
    if name == "F32":
        return random.normal(0, 1, 512).astype(np.float32).view(np.uint8)
    bits = random.integers(0, 1 << 16, 496, dtype=np.uint16)
    exponent = 0x7C00 if name == "F16" else 0x7F80
    bits[(bits & exponent) == exponent] &= np.uint16(~exponent & 0xFFFF)  # no NaN: its payload is nobody's promise
    more = np.array([exponent, 0x8000 | exponent], dtype=np.uint16)
    return np.concatenate([bits, ODD_HALVES, ODD_HALVES[:6], more]).view(np.uint8)


def quantised_blocks(name: str, block_bytes: int, n_blocks: int, random: np.random.Generator) -> np.ndarray:
    blocks = random.integers(0, 256, (n_blocks, block_bytes), dtype=np.uint8)
    for at in HALVES[name]:
        blocks[:, at : at + 2] = random_halves(random, n_blocks).reshape(-1, 1).view(np.uint8)
    return blocks


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "dequantize"
    folder.mkdir(exist_ok=True)
    for index, name in enumerate(["F32", "F16", "BF16", *HALVES]):
        random = np.random.default_rng(index)
        kind = gguf.GGMLQuantizationType[name]
        block_values, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        if name in HALVES:
            blocks = quantised_blocks(name, block_bytes, BLOCKS[block_values], random)
        else:
            blocks = plain_values(name, random).reshape(1, -1)
        with np.errstate(over="ignore"):
            values = gguf.dequantize(blocks, kind)
        assert values.dtype == np.float32 and not np.isnan(values).any(), name
        (folder / f"{name}.bin").write_bytes(blocks.tobytes() + values.tobytes())


if __name__ == "__main__":
    main()
