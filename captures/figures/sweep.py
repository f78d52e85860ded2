#!/usr/bin/env python3
"""Perplexity and agreement with the oracle against sparsity, a line a gate (as Figure 4 of routing absorption).

usage: sweep.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import re

import numpy as np

from figure import Refused, axes, legend_below, main, text

AGREEMENT = {"f1": "F1 with the oracle", "captured_mass": "captured mass"}


def without_budget(name):
    """oracle:k=64,sinks=1 -> oracle:sinks=1, so that the points of one gate are a line."""
    terms = []
    for term in name.replace("!", "/").split("+"):
        head, _, where = term.partition("@")
        gate, _, options = head.partition(":")
        budget = r"local=" if gate == "window" else r"[kn]="
        kept = [option for option in options.split(",") if option and not re.match(budget, option)]
        terms.append(gate + (":" + ",".join(kept) if kept else "") + ("@" + where if where else ""))
    return "+".join(terms)


def rows_of(capture):
    rows = []
    for name, gate in capture.get("gates", {}).items():
        if not np.isfinite(gate.attrs.get("perplexity", np.nan)):
            continue
        row = {"line": without_budget(name), "gate": name.replace("!", "/"), "id": text(gate.attrs["id"])}
        for attribute in ("sparsity", "perplexity", "perplexity_low", "perplexity_high"):
            row[attribute] = float(gate.attrs.get(attribute, np.nan))
        for figure in AGREEMENT:
            values = gate[figure][...] if figure in gate else np.array([np.nan])
            row[figure] = float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
        rows.append(row)
    if not rows:
        raise Refused("holds no gates with a perplexity; `gatescope sweep` makes some")
    return rows


def draw_line(panel, points, figure, label):
    points = sorted(points, key=lambda row: row["sparsity"])
    sparsity = [100 * row["sparsity"] for row in points]
    drawn, = panel.plot(sparsity, [row[figure] for row in points], marker="o", markersize=3, linewidth=1.2, label=label)
    if figure == "perplexity":
        low, high = ([row["perplexity_" + end] for row in points] for end in ("low", "high"))
        panel.fill_between(sparsity, low, high, color=drawn.get_color(), alpha=0.15, linewidth=0)


def draw(capture):
    rows = rows_of(capture)
    shown = [figure for figure in AGREEMENT if any(np.isfinite(row[figure]) for row in rows)]
    drawn, panels = axes(1 + len(shown))
    for panel, figure in zip(panels[0], ["perplexity", *shown]):
        for line in dict.fromkeys(row["line"] for row in rows):
            draw_line(panel, [row for row in rows if row["line"] == line], figure, line)
        panel.set_xlabel("sparsity (%)")
        panel.set_ylabel(AGREEMENT.get(figure, "perplexity"))
    values = [row["perplexity"] for row in rows]
    if max(values) > 10 * min(values):
        panels[0][0].set_yscale("log")
    if "perplexity" in capture:
        panels[0][0].axhline(capture["perplexity"].attrs["perplexity"], color="0.4", linestyle=":", linewidth=1,
                             label="dense")
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
