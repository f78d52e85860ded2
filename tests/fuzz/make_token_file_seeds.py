#!/usr/bin/env python3
"""Writes the seeds of the token file fuzzer: honest files for the key of token_file_target.h, and near misses.

usage: make_token_file_seeds.py [FOLDER]   (corpus/token_file beside this script)
"""

import hashlib
import pathlib
import struct
import sys


def token_file(train, held_out, version=1, order=0x01020304, key="7" * 64, counts=None, magic=b"gatescope-tokens"):
    ids = struct.pack(f"={len(train) + len(held_out)}i", *train, *held_out)
    trailer = magic + struct.pack("=IIQQ", version, order, *(counts or (len(train), len(held_out)))) + key.encode()
    return ids + trailer + hashlib.sha256(ids + trailer).hexdigest().encode()


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus" / "token_file")
    folder.mkdir(parents=True, exist_ok=True)
    train, held_out = [1, 2, 3, 499, 0, 7], [5, 5, 6]
    honest = token_file(train, held_out)
    for name, content in {
        "honest": honest,
        "none_held_out": token_file(train, []),
        "nothing": token_file([], []),
        "large_id": token_file(train, [500]),
        "negative_id": token_file([-1], held_out),
        "other_version": token_file(train, held_out, version=2),
        "other_byte_order": token_file(train, held_out, order=0x04030201),
        "other_key": token_file(train, held_out, key="8" * 64),
        "counts_that_wrap": token_file(train, held_out, counts=(2**64 - 1, 10)),
        "counts_that_lie": token_file(train, held_out, counts=(10, 2**64 - 1)),
        "other_hash": honest[:-1] + b"x",
        "cut_short": honest[:-5],
    }.items():
        (folder / f"{name}.tokens").write_bytes(content)


if __name__ == "__main__":
    main()
