#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/gguf: small honest GGUF files from which the fuzzer starts. Needs gguf (0.19) and numpy."""

import pathlib

import gguf
import numpy as np

FOLDER = pathlib.Path(__file__).parent / "corpus" / "gguf"
READABLE = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]


def writer(name: str) -> gguf.GGUFWriter:
    return gguf.GGUFWriter(FOLDER / name, "llama")


def finish(out: gguf.GGUFWriter) -> None:
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def metadata_of_every_kind() -> None:
    out = writer("metadata.gguf")
    for kind in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]:
        getattr(out, f"add_{kind}")(kind, 1)
    out.add_float32("float32", 0.5)
    out.add_float64("float64", 0.5)
    out.add_bool("bool", True)
    out.add_array("words", ["a", "", "bcd"])
    out.add_array("numbers", [1, -2, 3])
    out.add_array("nested", [[1, 2], [3]])
    finish(out)


def tensors_of_every_type() -> None:
    out = writer("tensors.gguf")
    for name in READABLE:
        kind = gguf.GGMLQuantizationType[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        out.add_tensor(name, np.zeros((2, size), np.uint8), raw_shape=(2, size), raw_dtype=kind)
    finish(out)


def other_alignment() -> None:
    out = writer("alignment.gguf")
    out.add_custom_alignment(64)
    out.add_tensor("a", np.ones((2, 3), np.float32))
    out.add_tensor("b", np.ones(5, np.float32))
    finish(out)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    metadata_of_every_kind()
    tensors_of_every_type()
    other_alignment()
