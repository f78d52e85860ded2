#!/usr/bin/env python3
"""Writes tests/golden/written: models as this program writes them, and what transformers makes of them.

    build/dev/tests/support/write_scratch_models FOLDER
    python make_written_golden.py FOLDER    (torch 2.11, transformers 5)

Every folder below FOLDER has config.json and model.safetensors; they are copied beside expected.bin, little-endian:
int32 T, rows, width; int32 ids [T]; int32 row numbers [rows]; float32 logits [rows, width] in float32. A weight that
transformers lacks, or has left over, stops this.
"""
import os
import shutil
import sys

import numpy as np
import torch
from transformers import AutoModelForCausalLM

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "written")


def load(folder):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager",
                                                         output_loading_info=True)
    for key, names in report.items():
        assert not names, f"{folder}: {key}: {names}"
    return model.eval()


def main():
    for name in sorted(os.listdir(sys.argv[1])):
        source, target = os.path.join(sys.argv[1], name), os.path.join(TARGET, name)
        model = load(source)
        length, vocab = model.config.max_position_embeddings, model.config.vocab_size
        ids = np.random.default_rng(7).integers(0, vocab, length).astype("<i4")
        with torch.no_grad():
            logits = model(torch.from_numpy(ids.astype("i8"))[None]).logits[0].numpy()
        os.makedirs(target, exist_ok=True)
        for file in ("config.json", "model.safetensors"):
            shutil.copyfile(os.path.join(source, file), os.path.join(target, file))
        rows = np.arange(length, dtype="<i4")
        with open(os.path.join(target, "expected.bin"), "wb") as file:
            file.write(np.array([length, len(rows), vocab], "<i4").tobytes() + ids.tobytes() + rows.tobytes())
            file.write(logits.astype("<f4").tobytes())
        print(name, sum(p.numel() for p in model.parameters()), "parameters")


if __name__ == "__main__":
    main()
