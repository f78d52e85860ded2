#!/usr/bin/env python3
"""The spectrum of a head's kernel: how its values fall, and how much of its energy the leading ones hold.

Left the kernel's singular values, then those of its routing (skew) part, whose values come in equal pairs, and the
eigenvalues of its filtering (symmetric) part, by magnitude: hollow where negative. Grey: random kernels of equal shape
and norm. Without --layer and --head: the head of lowest effective rank.

usage: spectrum.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv] [--model NAME] [--layer N --head N]
"""

import numpy as np

from figure import COLOURS, Refused, axes, checkpoints, legend_below, main

PARTS = (("kernel", "", "singular_values", "component", COLOURS[7]),
         ("routing", "skew/", "values", "skew component", COLOURS[0]),
         ("filtering", "symmetric/", "values", "symmetric component", COLOURS[1]))
MARKS = (50, 90, 99)


def chosen(models, name):
    for model in models:
        if name in (None, model.name) and model.kernels()[0] is not None:
            return model
    raise Refused(f"holds no weight kernels of {name}; it has " + ", ".join(model.name for model in models)
                  if name else "holds no weight kernels; `gatescope spectra` makes them")


def place(indices, wanted, what):
    found = np.flatnonzero(indices == wanted)
    if not len(found):
        raise Refused(f"has no {what} {wanted}; it has {', '.join(map(str, indices))}")
    return int(found[0])


def chosen_head(model, kernels, given):
    """Row and column of the head that was named, or of the one of lowest effective rank among those that fit."""
    ranks = kernels["effective_rank"][...]
    rows = range(len(model.layers)) if given.layer is None else [place(model.layers, given.layer, "layer")]
    columns = range(len(model.heads)) if given.head is None else [place(model.heads, given.head, "head")]
    places = [(row, column) for row in rows for column in columns]
    finite = [at for at in places if np.isfinite(ranks[at])]
    return min(finite, key=lambda at: ranks[at]) if finite else places[0]


def energy(values):
    squares = np.sort(np.square(values.astype(np.float64)))[::-1]
    total = squares.sum()
    return np.cumsum(squares) / total if total > 0 else np.full(len(squares), np.nan)


def magnitudes(band):
    """Bounds of a list of signed values as bounds of their magnitudes, in the order of these."""
    low, mean, high = band
    through_zero = (low < 0) & (high > 0)
    near = np.where(through_zero, 0, np.minimum(np.abs(low), np.abs(high)))
    far = np.maximum(np.abs(low), np.abs(high))
    order = np.argsort(-np.abs(mean), kind="stable")
    return near[order], np.abs(mean)[order], far[order]


def draw_values(panel, values, band, colour):
    order = np.argsort(-np.abs(values), kind="stable")
    sizes, signs = np.abs(values)[order], values[order]
    at = np.arange(1, len(values) + 1)
    shown = sizes > max(sizes.max(), 1e-30) * 1e-7   # rounding, behind the rank of the kernel
    if band is not None:
        low, mean, high = band
        panel.fill_between(at, np.maximum(low, 1e-30), high, color="0.85", linewidth=0)
        panel.plot(at, mean, color="0.6", linewidth=0.8, label="random kernels")
    for sign, face, label in ((signs >= 0, colour, None), (signs < 0, "white", "negative")):
        if (shown & sign).any():
            panel.plot(at[shown & sign], sizes[shown & sign], "o", color=colour, markerfacecolor=face, markersize=2.6,
                       markeredgewidth=0.7, label=label)
    panel.set_yscale("log")
    if shown.any():
        panel.set_ylim(sizes[shown].min() / 2, sizes.max() * 2)
    return sizes


def draw_energy(panel, values, band, scores, colour):
    share = energy(values)
    at = np.arange(1, len(share) + 1)
    if band is not None:
        panel.plot(at, 100 * energy(band[1]), color="0.6", linewidth=1)
    if scores is not None:
        panel.plot(np.arange(1, len(scores) + 1), 100 * energy(scores), color=colour, linewidth=1, linestyle="--",
                   label="scores, mean over windows")
    panel.plot(at, 100 * share, color=colour, linewidth=1.5)
    if not np.isfinite(share).all():
        return share
    for step, mark in enumerate(MARKS):
        rank = int(np.searchsorted(share, mark / 100) + 1)
        reached = 100 * share[rank - 1]
        panel.plot([rank, rank], [0, reached], color="0.5", linewidth=0.6, linestyle=":")
        panel.plot([rank], [reached], "o", color=colour, markersize=3)
        right = rank > 0.8 * len(share)
        panel.annotate(f"{mark} %: {rank}", (rank, 6 + 11 * step), textcoords="offset points", fontsize=7,
                       xytext=(-3 if right else 3, 0), ha="right" if right else "left", va="center",
                       bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8})
    panel.set_ylim(0, 103)
    return share


def draw(capture, given):
    model = chosen(checkpoints(capture), given.model)
    kernels, form = model.kernels()
    row, column = chosen_head(model, kernels, given)
    random, scores = model.random(), model.scores()
    norm = float(np.sqrt(np.square(kernels["singular_values"][row, column].astype(np.float64)).sum()))
    drawn, panels = axes(len(PARTS), rows=2, height=2.2)
    rows = []
    for n, (name, group, dataset, label, colour) in enumerate(PARTS):
        values = kernels[group + dataset][row, column]
        has_band = random is not None and group + dataset in random
        band = magnitudes(random[group + dataset][...] * norm) if has_band else None
        of_scores = scores[group + "values"][row, column] if scores is not None and group else None
        sizes = draw_values(panels[0][n], values, band, colour)
        share = draw_energy(panels[1][n], values, band, of_scores, colour)
        panels[0][n].set(title=f"{name}: effective rank {kernels[group + 'effective_rank'][row, column]:.1f}")
        panels[1][n].set(xlabel=label, xlim=(0, None))
        panels[0][n].sharex(panels[1][n])
        low, mean, high = band if band is not None else np.full((3, len(values)), np.nan)
        rows += [{"model": model.name, "layer": int(model.layers[row]), "head": int(model.heads[column]), "part": name,
                  "component": at, "value": float(sizes[at]), "energy": float(share[at]), "random_low": float(low[at]),
                  "random_mean": float(mean[at]), "random_high": float(high[at])} for at in range(len(values))]
    panels[0][0].set_ylabel("value")
    panels[1][0].set_ylabel("energy (%)")
    drawn.suptitle(f"{model.name}, layer {model.layers[row]}, head {model.heads[column]}, {form} kernel", fontsize=9)
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw, of_head=True)
