#!/usr/bin/env python3
"""How much of each layer routes and how much filters: the skew share of its heads' kernels, for each checkpoint.

The line is the mean over heads, the dark band their middle half, the light one all of them; dots are heads. Grey: random
kernels of equal shape. Orange, where there is: the share of the scores on a text.

usage: routing.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import numpy as np

from figure import COLOURS, Refused, axes, checkpoints, legend_below, main

MOST_COLUMNS = 3


def quartiles(values):
    """Least, lower quartile, mean, upper quartile, largest over heads, by layer; NaN where no head has one."""
    out = np.full((5, len(values)), np.nan)
    for layer, heads in enumerate(values):
        heads = heads[np.isfinite(heads)]
        if len(heads):
            out[:, layer] = [heads.min(), np.quantile(heads, 0.25), heads.mean(), np.quantile(heads, 0.75), heads.max()]
    return out


def draw_spread(panel, layers, values, colour, label, dots):
    least, lower, mean, upper, largest = 100 * quartiles(values)
    panel.fill_between(layers, least, largest, color=colour, alpha=0.12, linewidth=0)
    panel.fill_between(layers, lower, upper, color=colour, alpha=0.25, linewidth=0)
    panel.plot(layers, mean, color=colour, linewidth=1.4, marker="o" if len(layers) < 8 else None, markersize=3,
               label=label)
    if dots:
        panel.plot(np.repeat(layers, values.shape[1]), 100 * values.ravel(), ".", color=colour, markersize=2, alpha=0.5,
                   markeredgewidth=0)


def rows_of(model, source, values):
    return [{"model": model.name, "source": source, "layer": int(layer), "heads": int(np.isfinite(heads).sum()),
             "least": float(of[0]), "lower": float(of[1]), "mean": float(of[2]), "upper": float(of[3]),
             "largest": float(of[4])} for layer, heads, of in zip(model.layers, values, quartiles(values).T)]


def draw_model(panel, model):
    rows = []
    kernels, form = model.kernels()
    random = model.random()
    if random is not None and "skew_fraction" in random:
        low, mean, high = 100 * random["skew_fraction"][...]
        panel.axhspan(low, high, color="0.85", linewidth=0)
        panel.axhline(mean, color="0.6", linewidth=0.8, label="random kernels")
    if model.scores() is not None:
        values = model.scores()["routing_fraction"][...]
        draw_spread(panel, model.layers, values, COLOURS[1], "scores on a text", False)
        rows += rows_of(model, "scores", values)
    if kernels is not None:
        values = kernels["skew_fraction"][...]
        draw_spread(panel, model.layers, values, COLOURS[0], f"{form} kernels", True)
        rows += rows_of(model, form, values)
    panel.set(title=f"{model.name}", xlabel="layer", ylim=(0, 100))
    panel.xaxis.get_major_locator().set_params(integer=True)
    return rows


def draw(capture):
    models = [model for model in checkpoints(capture) if model.kernels()[0] is not None or model.scores() is not None]
    if not models:
        raise Refused("holds no spectra of kernels or scores")
    columns = min(len(models), MOST_COLUMNS)
    drawn, panels = axes(columns, rows=-(-len(models) // columns))
    rows = []
    for at, panel in enumerate(panels.ravel()):
        if at >= len(models):
            panel.set_axis_off()
            continue
        rows += draw_model(panel, models[at])
        panel.set_yticks(range(0, 101, 25))
        if at % columns == 0:
            panel.set_ylabel("routing (%)")
        if at % columns == columns - 1 or at == len(models) - 1:
            filtering = panel.secondary_yaxis("right", functions=(lambda share: 100 - share, lambda share: 100 - share))
            filtering.set_yticks(range(0, 101, 25))
            filtering.set_ylabel("filtering (%)")
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
