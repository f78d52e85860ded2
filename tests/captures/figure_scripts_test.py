#!/usr/bin/env python3
"""Every figure of captures/figures is drawn from the sample capture, and its numbers are those in the file.

usage: figure_scripts_test.py FOLDER CAPTURE   exit status 77 where no Python here has matplotlib and h5py
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

EXPECTED = {
    "sweep": ({"line": "oracle", "gate": "oracle:k=4", "sparsity": 0.5, "perplexity": 12.25}, 2),
    "distillation": ({"run": "learned kl k=64", "series": "loss", "step": 25, "value": 2 / 3}, 12),
    "sensitivity": ({"map": "layer_cost", "row": 4, "column": 1, "nats": 0.2}, 18),
}


def find_python():
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import h5py, matplotlib"], capture_output=True, check=False).returncode == 0:
                return python
        except OSError:
            pass
    print("skipped: no python3 here has matplotlib and h5py (scripts/setup figures)")
    sys.exit(77)


def same(found, wanted):
    return found == wanted if isinstance(wanted, str) else abs(float(found) - wanted) < 1e-9


def check(python, script, capture, folder):
    wanted, count = EXPECTED[script.stem]
    numbers = folder / "numbers.csv"
    for ending, start in ((".pdf", b"%PDF"), (".svg", b"<?xml"), (".png", b"\x89PNG")):
        figure = folder / (script.stem + ending)
        subprocess.run([python, script, capture, "--out", figure, "--data", numbers], check=True)
        assert figure.read_bytes().startswith(start), figure
    with open(numbers, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count, f"{script.stem}: {len(rows)} rows of numbers, expected {count}"
    assert any(all(same(row[name], value) for name, value in wanted.items()) for row in rows), f"{script.stem}: {wanted}"


def main():
    folder, capture = map(pathlib.Path, sys.argv[1:])
    python = find_python()
    scripts = [script for script in sorted(folder.glob("*.py")) if script.stem != "figure"]
    assert [script.stem for script in scripts] == sorted(EXPECTED), "a figure without a test, or the other way round"
    with tempfile.TemporaryDirectory() as place:
        for script in scripts:
            check(python, script, capture, pathlib.Path(place))


if __name__ == "__main__":
    main()
