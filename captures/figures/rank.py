#!/usr/bin/env python3
"""Perplexity against the rank that is left of the kernels, a line a gate, and the rank that keeps 99 % of the model.

A sweep over `kernel-rank` (the leading directions) and `kernel-random` (a random subspace of equal rank). 99 % is of a
token's probability, by geometric mean: a loss of at most -ln 0.99 nats more than dense, there and at every higher rank.
With a sensitivity map over ranks also, or only, the rank that keeps 99 % where one layer alone is cut; a cross where none
does.

usage: rank.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import json
import math

import numpy as np

from figure import COLOURS, Refused, axes, legend_below, main, text

KERNELS = ("kernel-rank", "kernel-random")
KEPT = 0.99


def rows_of(capture):
    rows = []
    for name, gate in capture.get("gates", {}).items():
        kind, _, where = name.partition("@")
        kind = kind.split(":")[0]
        if kind not in KERNELS or "+" in name or not np.isfinite(gate.attrs.get("perplexity", np.nan)):
            continue
        options = json.loads(text(gate.attrs["parameters"]))
        seed = f", seed {options['seed']}" if int(options.get("seed", 0)) else ""
        rows.append({"line": kind + (f"@{where}" if where else "").replace("!", "/") + seed, "gate": kind,
                     "rank": int(options["r"]), "perplexity": float(gate.attrs["perplexity"]),
                     "perplexity_low": float(gate.attrs.get("perplexity_low", np.nan)),
                     "perplexity_high": float(gate.attrs.get("perplexity_high", np.nan)),
                     "difference_from_dense": float(gate.attrs.get("difference_from_dense", np.nan))})
    return rows


def kept_rank(points):
    """Of (rank, nats above dense): the least from which on all keep 99 %; None where the largest does not."""
    kept = None
    for rank, cost in sorted(points, reverse=True):
        if not cost <= -math.log(KEPT):
            break
        kept = rank
    return kept


def draw_line(panel, points, label, colour):
    points = sorted(points, key=lambda row: row["rank"])
    ranks = [row["rank"] for row in points]
    panel.fill_between(ranks, [row["perplexity_low"] for row in points], [row["perplexity_high"] for row in points],
                       color=colour, alpha=0.15, linewidth=0)
    kept = kept_rank([(row["rank"], row["difference_from_dense"]) for row in points])
    panel.plot(ranks, [row["perplexity"] for row in points], color=colour, marker="o", markersize=3, linewidth=1.2,
               label=label + (f" (99 % at {kept})" if kept else " (99 % at none)"))
    if kept:
        panel.plot([kept], [points[ranks.index(kept)]["perplexity"]], "o", color=colour, markersize=7,
                   markerfacecolor="none")
    return kept


def layer_ranks(capture):
    """By layer, NaN where no rank of the map keeps 99 %; None without a map over ranks."""
    group = capture.get("sensitivity")
    if group is None or text(group.attrs["gate"]).split(":")[0].split("@")[0] not in KERNELS:
        return None
    ranks = [int(rank) for rank in group["rank"][...]]
    kept = [kept_rank(list(zip(ranks, costs))) for costs in group["layer_cost"][...].T]
    return [np.nan if rank is None else rank for rank in kept]


def labelled(ranks):
    """Those that have room for a label on a logarithmic axis, the largest first."""
    room = 0.07 * math.log2(max(ranks) / min(ranks))
    shown = []
    for rank in sorted(ranks, reverse=True):
        if not shown or math.log2(shown[-1] / rank) >= room:
            shown.append(rank)
    return shown


def draw_lines(panel, capture, rows):
    for n, line in enumerate(dict.fromkeys(row["line"] for row in rows)):
        points = [row for row in rows if row["line"] == line]
        kept = draw_line(panel, points, line, COLOURS[n % len(COLOURS)])
        for row in points:
            row["kept_rank"] = "" if kept is None else kept
    ranks = sorted({row["rank"] for row in rows})
    panel.set_xscale("log", base=2)
    panel.set_xticks(ranks, [str(rank) if rank in labelled(ranks) else "" for rank in ranks])
    panel.minorticks_off()
    panel.set(xlabel="rank of the kernel", ylabel="perplexity")
    values = [row["perplexity"] for row in rows]
    if "perplexity" in capture:
        dense = float(capture["perplexity"].attrs["perplexity"])
        panel.axhline(dense, color="0.4", linestyle=":", linewidth=1, label="dense")
        values.append(dense)
    if max(values) > 10 * min(values):
        panel.set_yscale("log")


def draw_layers(panel, kept, largest):
    at = np.arange(len(kept))
    none = np.isnan(kept)
    panel.bar(at, np.nan_to_num(kept), color=COLOURS[2])
    panel.plot(at[none], np.full(none.sum(), largest), "x", color="0.4", markersize=4)
    panel.set(xlabel="layer, cut alone", ylabel="rank that keeps 99 %", ylim=(0, 1.05 * largest))
    panel.xaxis.get_major_locator().set_params(integer=True)


def draw(capture):
    rows, layers = rows_of(capture), layer_ranks(capture)
    if not rows and layers is None:
        raise Refused("holds no kernels of lower rank; `gatescope sweep --gate kernel-rank` makes them")
    drawn, panels = axes(bool(rows) + (layers is not None))
    if rows:
        draw_lines(panels[0][0], capture, rows)
        legend_below(drawn)
    if layers is not None:
        draw_layers(panels[0][-1], layers, int(capture["sensitivity/rank"][...].max()))
        blank = dict.fromkeys(("rank", "perplexity", "perplexity_low", "perplexity_high", "difference_from_dense"), "")
        kind = text(capture["sensitivity"].attrs["gate"]).split(":")[0]
        rows = rows + [{"line": f"layer {layer} alone", "gate": kind, **blank,
                        "kept_rank": "" if np.isnan(kept) else int(kept)} for layer, kept in enumerate(layers)]
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
