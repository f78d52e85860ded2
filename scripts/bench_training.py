#!/usr/bin/env python3
"""Steps of training by gatescope against a plain PyTorch loop of the same model, in one run.

usage: bench_training.py GATESCOPE [RECIPE ...] [--rounds N] [--steps N] [--threads N] [--gates GATE ...]
       [--cpu-time]

RECIPE: small and paper-31m unless given. The loop is GPT-2 in eager PyTorch: scaled_dot_product_attention, fused AdamW,
clipping, batches of 8 windows of random ids, float32; another one under bfloat16 autocast. Rounds of the program and of
both loops take turns; the best step of each counts, and ratios are theirs (more than 1: gatescope is faster).
--cpu-time compares processor time of the steps instead, for machines that do other work meanwhile. Needs torch.
"""
import argparse
import json
import math
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional

BATCH = 8


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (
            part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.qkv(self.norm_1(x)).chunk(3, -1)
        )
        z = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(z.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(functional.gelu(self.up(self.norm_2(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width = shape["d_model"]
        self.tokens = nn.Embedding(shape["vocabulary"], width)
        self.positions = nn.Embedding(shape["window"], width)
        self.blocks = nn.ModuleList(Block(width, shape["n_heads"]) for _ in range(shape["n_layers"]))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, shape["vocabulary"], bias=False)
        if shape["tied"]:
            self.head.weight = self.tokens.weight

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.norm(x))[:, :-1]
        return functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1))


class Loop:
    def __init__(self, shape, autocast):
        torch.manual_seed(0)
        self.model = Model(shape)
        self.adam = torch.optim.AdamW(self.model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
        self.ids = torch.randint(0, shape["vocabulary"], (BATCH, shape["window"]))
        self.autocast = autocast

    def step(self):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
            loss = self.model(self.ids)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.adam.step()
        self.adam.zero_grad()

    def seconds(self, steps, clock):
        self.step()
        found = []
        for _ in range(steps):
            begin = clock()
            self.step()
            found.append(clock() - begin)
        return found


def shape_of(program, recipe):
    printed = subprocess.run([program, "train", "--print", recipe], capture_output=True, check=True, text=True).stdout
    values = json.loads(printed)
    model = values["model"]
    return {
        "n_layers": model["n_layers"],
        "d_model": model["d_model"],
        "n_heads": model["n_heads"],
        "tied": model["tied_embeddings"],
        "vocabulary": values["data"]["vocabulary"],
        "window": values["train"]["window"],
    }


def ours(program, recipe, options):
    gates = [word for gate in options.gates for word in ("--train-gate", gate)]
    command = [program, "bench", "--train", recipe, "--batch", str(BATCH), "--json", "--device", "cpu"]
    command += ["--threads", str(options.threads), "--repeats", str(options.steps), *gates]
    if options.cpu_time:
        command.append("--cpu-time")
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return {(row["precision"], row["gate"]): row for row in json.loads(done.stdout)["training"]}


def compare(program, recipe, options):
    shape = shape_of(program, recipe)
    clock = time.process_time if options.cpu_time else time.perf_counter
    loops = {"float32": Loop(shape, False), "bfloat16 autocast": Loop(shape, True)}
    best, dense = {}, {}
    for _ in range(options.rounds):
        for name, loop in loops.items():
            best[name] = min([best.get(name, math.inf), *loop.seconds(options.steps, clock)])
        for key, row in ours(program, recipe, options).items():
            best[key] = min(best.get(key, math.inf), row["seconds"])
            dense.setdefault(key, []).append(row["times_dense"])
    tokens = BATCH * shape["window"]
    print(f"{recipe}: {tokens} tokens a step, {options.threads} threads")
    for name in loops:
        print(f"  PyTorch {name:18} {best[name]:8.3f} s {tokens / best[name]:8.0f} tokens/s")
    for (precision, gate), ratios in dense.items():
        seconds, times = best[precision, gate], sorted(ratios)[len(ratios) // 2]
        against = "   ".join(f"{best[name] / seconds:5.2f} x PyTorch {name}" for name in loops)
        print(f"  {precision:9} {gate:14} {seconds:8.3f} s {tokens / seconds:8.0f} tokens/s   {times:5.2f} of dense   {against}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("recipes", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--gates", nargs="*", default=["dense", "soft-learned", "soft-random", "learned:k=64", "oracle:k=64"])
    parser.add_argument("--cpu-time", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for recipe in options.recipes or ["small", "paper-31m"]:
        compare(options.program, recipe, options)


if __name__ == "__main__":
    sys.exit(main())
