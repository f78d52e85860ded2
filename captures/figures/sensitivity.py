#!/usr/bin/env python3
"""What a gate on one layer, or one head, alone costs, and the budget of each layer that follows from it.

usage: sensitivity.py CAPTURE.h5 --out FIGURE.pdf [--data NUMBERS.csv]
"""

import numpy as np

from figure import COLOURS, Refused, axes, main, text


def draw_map(drawn, panel, values, labels):
    largest = max(float(np.nanmax(np.abs(values))), 1e-12) if np.isfinite(values).any() else 1.0
    image = panel.imshow(values, aspect="auto", origin="lower", cmap="RdBu_r", vmin=-largest, vmax=largest)
    drawn.colorbar(image, ax=panel, label="nats a token above dense")
    panel.set(**labels)
    panel.xaxis.get_major_locator().set_params(integer=True)


def draw_budgets(panel, group, name):
    budgets = group["proposed_" + name][...]
    panel.bar(range(len(budgets)), budgets, color=COLOURS[2])
    panel.axhline(group.attrs["mean_" + name], color="0.4", linestyle=":", linewidth=1)
    cost = [f"{which}: {group.attrs[at]:+.4f}" for which, at in (("proposed", "measured"), ("equal", "measured_equal"))
            if np.isfinite(group.attrs[at])]
    panel.set(xlabel="layer", ylabel="proposed " + name, title=", ".join(cost))


def kept_share(nats):
    """What is left of a token's probability, by geometric mean."""
    return float(np.exp(-nats))


def rows_of(group, budget):
    rows = []
    for name, first in (("layer_cost", budget), ("head_cost", "layer")):
        if name not in group:
            continue
        names = group[budget][...] if first == budget else range(len(group[name]))
        for at, label in enumerate(names):
            rows += [{"map": name, "row": int(label), "column": column, "nats": float(value),
                      "kept": kept_share(value), "standard_error": float(group[name + "_standard_error"][at, column])}
                     for column, value in enumerate(group[name][at])]
    return rows


def draw(capture):
    if "sensitivity" not in capture:
        raise Refused("holds no sensitivity map; `gatescope sensitivity` makes one")
    group = capture["sensitivity"]
    name = "rank" if "rank" in group else "k"  # of what is varied
    drawn, panels = axes(1 + ("head_cost" in group) + ("proposed_" + name in group))
    places = iter(panels[0])
    budgets = [str(k) for k in group[name][...]]
    draw_map(drawn, next(places), group["layer_cost"][...],
             {"xlabel": "layer", "ylabel": name, "yticks": range(len(budgets)), "yticklabels": budgets,
              "title": text(group.attrs["gate"]).split(":")[0] + " on one layer"})
    if "head_cost" in group:
        draw_map(drawn, next(places), group["head_cost"][...],
                 {"xlabel": "head", "ylabel": "layer", "yticks": range(0, len(group["head_cost"]), 5), "title": f"on one head, {name} = {group.attrs['head_' + name]}"})
    if "proposed_" + name in group:
        draw_budgets(next(places), group, name)
    return drawn, rows_of(group, name)


if __name__ == "__main__":
    main(__doc__, draw)
