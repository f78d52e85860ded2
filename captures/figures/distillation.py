#!/usr/bin/env python3
"""A gate trained on the frozen model beside the same gate frozen at random (as Figure 2a of routing absorption).

usage: distillation.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import numpy as np

from figure import COLOURS, Refused, axes, legend_below, main, text

PANELS = {"loss": ("loss",), "share": ("f1", "captured_mass"), "perplexity": ("perplexity",)}
LABELS = {"loss": "loss (nats)", "share": "share, on the dense stream", "perplexity": "perplexity, deployed"}
NAMES = {"f1": "F1", "captured_mass": "captured mass"}


def rows_of(capture):
    if "experiment" in capture:
        raise Refused("holds an experiment: the figure experiment draws its charts, training all of its trainings")
    rows = []
    for name, run in capture.get("runs", {}).items():
        if "step" not in run:
            continue
        for series, values in run.items():
            if series != "step":
                rows += [{"run": text(run.attrs.get("name", name)), "series": series, "step": int(step),
                          "value": float(value)} for step, value in zip(run["step"][...], values[...])]
    if not rows:
        raise Refused("holds no trainings; `gatescope distill --capture C.h5` makes one")
    return rows


def draw_series(panel, rows, run, series, colour):
    points = [(row["step"], row["value"]) for row in rows
              if row["run"] == run and row["series"] == series and np.isfinite(row["value"])]
    if points:
        label = f"{run}: {NAMES[series]}" if series in NAMES else run
        panel.plot(*zip(*points), marker=".", markersize=3, linewidth=1.2, color=colour, label=label,
                   linestyle="--" if run.endswith("frozen") else "-", alpha=0.5 if series == "captured_mass" else 1)


def draw(capture):
    rows = rows_of(capture)
    drawn, panels = axes(len(PANELS))
    for panel, (place, all_series) in zip(panels[0], PANELS.items()):
        for number, run in enumerate(dict.fromkeys(row["run"] for row in rows)):
            for series in all_series:
                draw_series(panel, rows, run, series, COLOURS[number % len(COLOURS)])
        panel.set_xlabel("step")
        panel.set_ylabel(LABELS[place])
    references = {"dense": capture.get("perplexity")}
    references.update({name: gate for name, gate in capture.get("gates", {}).items() if name.startswith("oracle")})
    for (name, group), style in zip(references.items(), (":", "-.", (0, (1, 3)))):
        if group is not None and np.isfinite(group.attrs.get("perplexity", np.nan)):
            panels[0][-1].axhline(group.attrs["perplexity"], color="0.4", linestyle=style, linewidth=1, label=name)
    values = [row["value"] for row in rows if row["series"] == "perplexity" and np.isfinite(row["value"])]
    if values and max(values) > 10 * min(values):
        panels[0][-1].set_yscale("log")
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
