#!/usr/bin/env python3
"""Effective rank of routing and of filtering by relative depth, over the checkpoints of a survey.

Mean over a layer's heads; where there are three checkpoints or fewer, with the middle half of its heads. Top: kernels, from
weights; the dotted line is what random kernels of the same shape have. Bottom, where there are any: scores on a text; the
dotted line is their capacity.

usage: depth.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import numpy as np

from figure import COLOURS, Refused, axes, checkpoints, legend_below, main
from routing import quartiles

PARTS = (("skew", "routing"), ("symmetric", "filtering"))
LIMITS = {"kernels": "random kernels", "scores": "capacity"}
MOST_BANDS = 3


def depths(model):
    return model.layers / max(model.n_layers - 1, 1)


def limits_of(model, source, part):
    """What the ranks are to be held against: random kernels' mean, or the capacity."""
    if source == "scores":
        return float(model.scores()["capacity"][0, 0])
    random = model.random()
    path = f"{part}/effective_rank"
    return float(random[path][1]) if random is not None and path in random else np.nan


def draw_panel(panel, models, source, part):
    rows = []
    for colour, model in models:
        group = model.scores() if source == "scores" else model.kernels()[0]
        if group is None:
            continue
        values, limit = group[f"{part}/effective_rank"][...], limits_of(model, source, part)
        _, lower, mean, upper, _ = quartiles(values)
        if len(models) <= MOST_BANDS:
            panel.fill_between(depths(model), lower, upper, color=colour, alpha=0.2, linewidth=0)
        panel.plot(depths(model), mean, color=colour, linewidth=1.4, marker="o", markersize=2.5, label=model.name)
        if np.isfinite(limit):
            panel.axhline(limit, color=colour, linewidth=1, linestyle=":")
        rows += [{"model": model.name, "source": source, "part": part, "layer": int(layer), "depth": float(depth),
                  "effective_rank": float(of), "lower": float(low), "upper": float(high), "limit": limit}
                 for layer, depth, of, low, high in zip(model.layers, depths(model), mean, lower, upper)]
    return rows


def draw(capture):
    models = [(COLOURS[n % len(COLOURS)], model) for n, model in enumerate(checkpoints(capture))]
    sources = [source for source, has in (("kernels", lambda model: model.kernels()[0]),
                                          ("scores", lambda model: model.scores()))
               if any(has(model) is not None for _, model in models)]
    if not sources:
        raise Refused("holds no spectra of kernels or scores")
    drawn, panels = axes(len(PARTS), rows=len(sources), height=2.3)
    rows = []
    for line, source in zip(panels, sources):
        for panel, (part, title) in zip(line, PARTS):
            rows += draw_panel(panel, models, source, part)
            panel.set(title=f"{title}, {source}", ylim=(0, None), xlim=(-0.02, 1.02))
        line[0].set_ylabel("effective rank")
        top = max(panel.get_ylim()[1] for panel in line)
        for panel in line:
            panel.set_ylim(0, top)
    for panel in panels[-1]:
        panel.set_xlabel("relative depth")
    if any(np.isfinite(row["limit"]) for row in rows):
        held_against = [LIMITS[source] for source in sources]
        panels[0][0].plot([], [], color="0.4", linewidth=1, linestyle=":", label=" / ".join(held_against))
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw)
