#!/usr/bin/env python3
"""Perplexity and agreement with the oracle against sparsity, a line a gate (as Figure 4 of routing absorption); of gates
whose rank was swept, perplexity against rank, with the rank from which on they keep 99 % of the model.

usage: sweep.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import re

import numpy as np

from figure import COLOURS, Refused, axes, legend_below, main, text

KEPT = 0.99
# The parameter that is swept, by gate: of the others k or n.
BUDGETS = {"window": "local", "kernel-rank": "r", "kernel-random": "r"}
RANK = re.compile(r"(?:kernel-rank|kernel-random):(?:.*,)?r=(\d+)")
AGREEMENT = {"f1": "F1 with the oracle", "captured_mass": "captured mass"}


def without_budget(name):
    """oracle:k=64,sinks=1 -> oracle:sinks=1, so that the points of one gate are a line."""
    terms = []
    for term in name.replace("!", "/").split("+"):
        head, _, where = term.partition("@")
        gate, _, options = head.partition(":")
        budget = BUDGETS.get(gate, "[kn]") + "="
        kept = [option for option in options.split(",") if option and not re.match(budget, option)]
        terms.append(gate + (":" + ",".join(kept) if kept else "") + ("@" + where if where else ""))
    return "+".join(terms)


def rows_of(capture):
    rows = []
    for name, gate in capture.get("gates", {}).items():
        if not np.isfinite(gate.attrs.get("perplexity", np.nan)):
            continue
        ranks = RANK.search(name)
        row = {"line": without_budget(name), "gate": name.replace("!", "/"), "id": text(gate.attrs["id"]),
               "rank": int(ranks.group(1)) if ranks else ""}
        for attribute in ("sparsity", "perplexity", "perplexity_low", "perplexity_high"):
            row[attribute] = float(gate.attrs.get(attribute, np.nan))
        # What is left of a token's probability, by geometric mean.
        row["kept"] = float(np.exp(-gate.attrs.get("difference_from_dense", np.nan)))
        for figure in AGREEMENT:
            values = gate[figure][...] if figure in gate else np.array([np.nan])
            row[figure] = float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
        rows.append(row)
    if not rows:
        raise Refused("holds no gates with a perplexity; `gatescope sweep` makes some")
    return rows


def mark_kept(rows):
    """Marks in each line of ranks the least from which on all keep enough."""
    for row in rows:
        row["keeps"] = 0
    for line in dict.fromkeys(row["line"] for row in rows if row["rank"] != ""):
        least = None
        for row in sorted((row for row in rows if row["line"] == line), key=lambda row: -row["rank"]):
            if not row["kept"] >= KEPT:
                break
            least = row
        if least:
            least["keeps"] = 1


def draw_line(panel, points, figure, colour):
    by_rank = points[0]["rank"] != ""
    points = sorted(points, key=lambda row: row["rank" if by_rank else "sparsity"])
    across = [row["rank"] if by_rank else 100 * row["sparsity"] for row in points]
    panel.plot(across, [row[figure] for row in points], marker="o", markersize=3, linewidth=1.2, color=colour,
               label=points[0]["line"])
    if figure == "perplexity":
        low, high = ([row["perplexity_" + end] for row in points] for end in ("low", "high"))
        panel.fill_between(across, low, high, color=colour, alpha=0.15, linewidth=0)
    for row in points:
        if row["keeps"]:
            panel.plot(row["rank"], row[figure], marker="o", markersize=8, fillstyle="none", linestyle="",
                       color=colour)


def draw_panel(panel, rows, figure, colours):
    for line in dict.fromkeys(row["line"] for row in rows):
        draw_line(panel, [row for row in rows if row["line"] == line], figure, colours[line])
    if rows[0]["rank"] != "":
        ranks = sorted({row["rank"] for row in rows})
        panel.set_xscale("log", base=2)
        panel.set_xticks(ranks, [str(rank) for rank in ranks])
        panel.set_xlabel("rank (ring: keeps 99 % of the model)")
    else:
        panel.set_xlabel("sparsity (%)")
    panel.set_ylabel(AGREEMENT.get(figure, "perplexity"))
    if figure != "perplexity":
        return
    values = [row["perplexity"] for row in rows]
    if max(values) > 10 * min(values):
        panel.set_yscale("log")


def draw(capture):
    rows = rows_of(capture)
    mark_kept(rows)
    ranked, others = ([row for row in rows if (row["rank"] != "") == by_rank] for by_rank in (True, False))
    wanted = [(others, "perplexity")] + [(others, figure) for figure in AGREEMENT
                                         if any(np.isfinite(row[figure]) for row in others)] if others else []
    wanted += [(ranked, "perplexity")] if ranked else []
    names = dict.fromkeys(row["line"] for row in rows)
    colours = {line: COLOURS[number % len(COLOURS)] for number, line in enumerate(names)}
    drawn, panels = axes(len(wanted))
    for panel, (lines, figure) in zip(panels[0], wanted):
        draw_panel(panel, lines, figure, colours)
        if figure == "perplexity" and "perplexity" in capture:
            panel.axhline(capture["perplexity"].attrs["perplexity"], color="0.4", linestyle=":", linewidth=1,
                          label="dense")
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
