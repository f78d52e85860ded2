#!/usr/bin/env python3
"""Writes tests/golden/formats: files as safetensors and torch.save make them, and what torch reads from them.

numbers.safetensors holds values of every number type under its name, and what .float() makes of them under NAME.float.
state.pt and wrapped.pt are files of torch.save (strided views, shared storages, parameters, FP8, things that are no
tensors); state.safetensors and wrapped.safetensors hold their tensors as float32.

Needs torch (2.11) and safetensors. Run: make_formats_golden.py [FOLDER]
"""

import collections
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


def state() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    base = torch.randn(4, 6, generator=generator)
    cube = torch.randn(2, 3, 4, generator=generator)
    return collections.OrderedDict({
        "plain": base,
        "transposed": base.t(),
        "middle": base[1:3, 2:5],
        "every_other": base[:, ::2],
        "same": base,
        "turned": cube.permute(2, 0, 1),
        "expanded": torch.arange(5).expand(1, 5),
        "scalar": torch.tensor(2.5),
        "empty": torch.empty(0, 3),
        "parameter": torch.nn.Parameter(torch.randn(3, generator=generator)),
        "half": base.half()[::3],
        "bfloat16": base.bfloat16(),
        "double": base.double().t(),
        "fp8": base.to(torch.float8_e4m3fn),
        "integers": torch.tensor([1, -2, 3]),
        "truth": torch.tensor([True, False]),
    })


def wrapped() -> dict:
    """What a training script keeps: the weights of a DistributedDataParallel model among other things."""
    generator = torch.Generator().manual_seed(6)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    weights = collections.OrderedDict(("module." + name, value) for name, value in model.state_dict().items())
    return {"step": 3, "loss": [0.5, 2.0], "big": 2**80, "name": "run", "seen": {1, 2}, "bytes": b"x",
            "device": torch.device("cpu"), "optimizer": optimizer.state_dict(), "model": weights}


def save_state(folder: pathlib.Path, name: str, whole: dict, weights: dict[str, torch.Tensor]) -> None:
    torch.save(whole, folder / f"{name}.pt")
    plain = {n.removeprefix("module."): t.detach().float().clone().contiguous() for n, t in weights.items()}
    save_file(plain, folder / f"{name}.safetensors")


def main() -> None:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "formats")
    folder.mkdir(parents=True, exist_ok=True)
    stored = numbers()
    floats = {name + ".float": t.float().clone() for name, t in stored.items()}
    save_file({**stored, **floats}, folder / "numbers.safetensors")
    save_state(folder, "state", state(), state())
    whole = wrapped()
    save_state(folder, "wrapped", whole, whole["model"])
    for file in folder.iterdir():
        file.chmod(0o644)


if __name__ == "__main__":
    main()
