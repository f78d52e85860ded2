#!/usr/bin/env python3
"""Writes tests/golden/written: models as this program writes them, and what transformers makes of them.

    build/dev/tests/support/write_scratch_models FOLDER
    gatescope train tests/golden/trained.json --out RUN && cp -r RUN/checkpoint-60 FOLDER/trained
    python make_written_golden.py FOLDER    (torch 2.11, transformers 5)

Every folder below FOLDER has config.json and model.safetensors, a trained one the files of its tokenizer, too; they are
copied beside expected.bin, little-endian: int32 T, rows, width; int32 ids [T]; int32 row numbers [rows]; float32 logits
[rows, width] in float32. The ids are drawn, or what AutoTokenizer makes of TEXT, which lies in text.txt. A weight that
transformers lacks, or has left over, stops this.
"""
import os
import shutil
import sys

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "written")
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
TEXT = "In 1842, the \u201cengine\u201d of na\u00efve  caf\u00e9s\n\tdidn't run: 3.14 \u2260 22/7!\n"


def load(folder):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager",
                                                         output_loading_info=True)
    for key, names in report.items():
        assert not names, f"{folder}: {key}: {names}"
    return model.eval()


def ids_of(model, folder, target):
    length, vocab = model.config.max_position_embeddings, model.config.vocab_size
    if not os.path.exists(os.path.join(folder, "tokenizer.json")):
        return np.random.default_rng(7).integers(0, vocab, length).astype("<i4")
    with open(os.path.join(target, "text.txt"), "w", encoding="utf-8", newline="") as file:
        file.write(TEXT)
    return np.array(AutoTokenizer.from_pretrained(folder)(TEXT)["input_ids"], "<i4")


def main():
    for name in sorted(os.listdir(sys.argv[1])):
        source, target = os.path.join(sys.argv[1], name), os.path.join(TARGET, name)
        os.makedirs(target, exist_ok=True)
        model = load(source)
        ids = ids_of(model, source, target)
        with torch.no_grad():
            logits = model(torch.from_numpy(ids.astype("i8"))[None]).logits[0].numpy()
        for file in filter(lambda file: os.path.exists(os.path.join(source, file)), FILES):
            shutil.copyfile(os.path.join(source, file), os.path.join(target, file))
        rows = np.arange(len(ids), dtype="<i4")[-24:]
        with open(os.path.join(target, "expected.bin"), "wb") as file:
            file.write(np.array([len(ids), len(rows), logits.shape[1]], "<i4").tobytes() + ids.tobytes() + rows.tobytes())
            file.write(logits[rows].astype("<f4").tobytes())
        print(name, sum(p.numel() for p in model.parameters()), "parameters")


if __name__ == "__main__":
    main()
