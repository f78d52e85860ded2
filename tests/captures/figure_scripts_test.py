#!/usr/bin/env python3
"""Every figure of captures/figures is drawn from a sample capture, and its numbers are those in the file.

usage: figure_scripts_test.py FOLDER SAMPLES   exit status 77 where no Python here has matplotlib and h5py
"""

import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

# A row of the numbers, how many rows, the sample capture, further options.
EXPECTED = {
    "sweep": ({"line": "oracle", "gate": "oracle:k=4", "sparsity": 0.5, "perplexity": 12.25}, 2, "lab.h5", []),
    "distillation": ({"run": "learned kl k=64", "series": "loss", "step": 25, "value": 2 / 3}, 12, "lab.h5", []),
    "training": ({"arm": "learned kl k=64", "series": "loss", "step": 25, "mean": 2 / 3, "deviation": 0}, 8, "lab.h5", []),
    "sensitivity": ({"map": "layer_cost", "row": 4, "column": 1, "nats": 0.2}, 18, "lab.h5", []),
    "spectrum": ({"model": "large-b", "layer": 2, "head": 3, "part": "kernel", "component": 0}, 20, "survey.h5",
                 ["--model", "large-b", "--layer", "2", "--head", "3"]),
    "routing": ({"model": "small-c", "source": "raw", "layer": 1, "heads": 1}, 14, "survey.h5", []),
    "depth": ({"model": "large-b", "source": "scores", "part": "skew", "layer": 3, "depth": 0.75, "limit": 8}, 28,
              "survey.h5", []),
    "experiment": ({"chart": "figure-3", "kind": "point", "role": "learned", "x": 4, "y": 31, "low": 30}, 25,
                   "experiment.h5", []),
    "rank": ({"line": "kernel-rank", "rank": 8, "difference_from_dense": 1 / 1024, "kept_rank": 4}, 7, "spectra.h5", []),
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


def check(python, script, samples, folder):
    wanted, count, capture, options = EXPECTED[script.stem]
    numbers = folder / "numbers.csv"
    for ending, start in ((".pdf", b"%PDF"), (".svg", b"<?xml"), (".png", b"\x89PNG")):
        figure = folder / (script.stem + ending)
        subprocess.run([python, script, samples / capture, "--out", figure, "--data", numbers, *options], check=True)
        assert figure.read_bytes().startswith(start), figure
    with open(numbers, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count, f"{script.stem}: {len(rows)} rows of numbers, expected {count}"
    assert any(all(same(row[name], value) for name, value in wanted.items()) for row in rows), f"{script.stem}: {wanted}"


# What `gatescope sensitivity --gate kernel-rank` leaves beside a sweep.
RANK_MAP = """
import h5py, sys
with h5py.File(sys.argv[1], "a") as capture:
    group = capture.create_group("sensitivity")
    group.attrs["gate"] = "kernel-rank:r=4"
    group["rank"] = [2, 4]
    group["layer_cost"] = group["layer_cost_standard_error"] = [[0.5, 0.001], [0.001, 0.0]]
"""


def check_rank_map(python, folder, samples, place):
    capture = place / "ranks.h5"
    shutil.copyfile(samples / "spectra.h5", capture)
    subprocess.run([python, "-c", RANK_MAP, capture], check=True)
    numbers = place / "ranks.csv"
    for name in ("sensitivity", "rank"):
        subprocess.run([python, folder / (name + ".py"), capture, "--out", place / "map.svg", "--data", numbers], check=True)
    with open(numbers, newline="", encoding="utf-8") as file:
        kept = {row["line"]: row["kept_rank"] for row in csv.DictReader(file)}
    assert (kept["layer 0 alone"], kept["layer 1 alone"]) == ("4", "2"), kept


# Two seeds of one arm, the second of which was cut off, and another arm; as `gatescope train` leaves them.
TRAINED = """
import h5py, json, sys
for path, arm, seed, loss in zip(sys.argv[1:], "aab", (0, 1, 0), ([4.0, 2.0, 1.0], [6.0, 3.0], [5.0, 4.0, 3.0])):
    with h5py.File(path, "w") as capture:
        run = capture.create_group("runs/one")
        run.attrs["recipe"] = json.dumps({"name": "tiny", "arms": [{"name": arm}], "seeds": [seed]})
        run["step"] = [0, 50, 100][:len(loss)]
        run["loss"] = loss
        run["f1"] = [float("nan")] * len(loss)
"""


def check_seeds(python, folder, place):
    runs = [place / f"run{number}.h5" for number in range(3)]
    subprocess.run([python, "-c", TRAINED, *runs], check=True)
    numbers = place / "runs.csv"
    subprocess.run([python, folder / "training.py", *runs, "--out", place / "runs.svg", "--data", numbers], check=True)
    with open(numbers, newline="", encoding="utf-8") as file:
        rows = [(row["arm"], row["series"], int(row["step"]), int(row["runs"]), float(row["mean"]),
                 round(float(row["deviation"]), 6)) for row in csv.DictReader(file)]
    assert rows == [("tiny a", "loss", 0, 2, 5.0, 1.414214), ("tiny a", "loss", 50, 2, 2.5, 0.707107),
                    ("tiny b", "loss", 0, 1, 5.0, 0.0), ("tiny b", "loss", 50, 1, 4.0, 0.0),
                    ("tiny b", "loss", 100, 1, 3.0, 0.0)], rows


def check_experiment(python, folder, samples, place):
    capture, numbers = samples / "experiment.h5", place / "experiment.csv"
    own = place / "soft-gating"
    own.mkdir()
    shutil.copyfile(capture, own / "experiment.h5")
    draw = [python, folder / "experiment.py", own, "--out", place / "chart.svg", "--data", numbers, "--chart"]
    subprocess.run([*draw, "arms"], check=True)
    with open(numbers, newline="", encoding="utf-8") as file:
        rows = [(row["kind"], row["label"], row["category"], row["y"]) for row in csv.DictReader(file)]
    assert rows == [("point", "dense", "dense", "29.0"), ("point", "learned soft gate", "soft-learned", "31.0"),
                    ("point", "random soft gate", "soft-random", "32.0"), ("level", "paper, dense", "", "37.32")], rows
    drawn = (place / "chart.svg").read_text(encoding="utf-8")
    assert all(words in drawn for words in ("soft-learned", "perplexity", "paper, dense 37.32")), drawn[:1000]
    refused = subprocess.run([*draw, "none"], capture_output=True, text=True, check=False)
    assert refused.returncode != 0 and "it has arms, figure-1, figure-3, by-step" in refused.stderr, refused.stderr
    refused = subprocess.run([python, folder / "experiment.py", samples / "lab.h5", "--out", place / "none.svg"],
                             capture_output=True, text=True, check=False)
    assert refused.returncode != 0 and "holds no experiment" in refused.stderr, refused.stderr
    refused = subprocess.run([python, folder / "distillation.py", capture, "--out", place / "none.svg"],
                             capture_output=True, text=True, check=False)
    assert refused.returncode != 0 and "holds an experiment" in refused.stderr, refused.stderr
    subprocess.run([python, folder / "training.py", capture, "--out", place / "runs.svg", "--data", numbers], check=True)
    with open(numbers, newline="", encoding="utf-8") as file:
        arms = list(dict.fromkeys(row["arm"] for row in csv.DictReader(file)))
    assert arms == ["dense", "kl: learned kl k=8", "kl: learned kl k=8, frozen", "soft-learned"], arms


def main():
    folder, samples = map(pathlib.Path, sys.argv[1:])
    python = find_python()
    scripts = [script for script in sorted(folder.glob("*.py")) if script.stem != "figure"]
    assert [script.stem for script in scripts] == sorted(EXPECTED), "a figure without a test, or the other way round"
    with tempfile.TemporaryDirectory() as place:
        for script in scripts:
            check(python, script, samples, pathlib.Path(place))
        check_rank_map(python, folder, samples, pathlib.Path(place))
        check_seeds(python, folder, pathlib.Path(place))
        check_experiment(python, folder, samples, pathlib.Path(place))


if __name__ == "__main__":
    main()
