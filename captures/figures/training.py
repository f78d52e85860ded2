#!/usr/bin/env python3
"""Training runs by step: loss, held-out perplexity, gradient norms, agreement with the oracle; runs that differ in their
seed alone as mean and standard deviation. Of an experiment's capture: all its trainings.

usage: training.py RUN.h5 [RUN.h5 ...] --out FIGURE.pdf [--data NUMBERS.csv]
"""

import json

import numpy as np

from figure import COLOURS, Refused, axes, legend_below, main, text

# Of each panel: its label, and the series in it by line style.
PANELS = [
    ("training loss (nats)", {"loss": "-"}),
    ("held-out perplexity", {"perplexity": "-", "perplexity_dense": "--"}),
    ("gradient norm", {"gate_gradient_norm": "-", "query_gradient_norm": "--", "key_gradient_norm": ":",
                       "value_gradient_norm": "-."}),
    ("share, gate and oracle", {"f1": "-", "captured_mass": "--"}),
]
NAMES = {"perplexity_dense": "without the gate", "gate_gradient_norm": "gate", "query_gradient_norm": "Q",
         "key_gradient_norm": "K", "value_gradient_norm": "V", "f1": "F1", "captured_mass": "captured mass"}
LOGARITHMIC = ("held-out perplexity", "gradient norm")


def arm_of(name, run):
    """What runs that differ in their seed alone have in common."""
    try:
        recipe = json.loads(text(run.attrs["recipe"]))
        arms = recipe.get("arms") or [{"name": ""}]
        return " ".join(filter(None, [recipe["name"], arms[0]["name"]]))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return text(run.attrs.get("name", name))


def arms_of_experiment(capture):
    """By the names of its runs: the arm of the step, and of a gate's training what it is called."""
    steps, out = capture["experiment"].get("steps", {}), {}
    rows = zip(*(steps[name][...] for name in ("name", "arm", "kind"))) if "name" in steps else []
    known = {text(name): (text(arm), text(kind)) for name, arm, kind in rows}
    for outcome in capture["experiment"].get("outcomes", {}).values():
        arm, kind = known.get(text(outcome.attrs["step"]), (text(outcome.attrs["step"]), "train"))
        for run, name in zip(outcome["run"][...], outcome["curve_name"][...]) if "run" in outcome else ():
            out[text(run)] = arm if kind == "train" else f"{arm}: {text(name)}"
    return out


def runs_by_arm(captures):
    arms = {}
    for capture in captures:
        named = arms_of_experiment(capture) if "experiment" in capture else {}
        for name, run in capture.get("runs", {}).items():
            if "step" in run:
                arms.setdefault(named.get(name) or arm_of(name, run), []).append(run)
    if not arms:
        raise Refused("holds no trainings; `gatescope train` makes run.h5")
    return arms


def over_seeds(runs, series):
    """Steps that every run reported, mean and deviation (0 for one run) there; None where none has a number."""
    runs = [run for run in runs if series in run]
    if not runs:
        return None
    steps = sorted(set.intersection(*(set(run["step"][...].tolist()) for run in runs)))
    values = np.array([[run[series][...][run["step"][...].tolist().index(step)] for step in steps] for run in runs])
    finite = np.isfinite(values).all(axis=0)
    if not finite.any():
        return None
    values = values[:, finite]
    deviation = values.std(axis=0, ddof=1) if len(runs) > 1 else np.zeros(values.shape[1])
    return np.array(steps)[finite], values.mean(axis=0), deviation


def ungated(runs):
    """Perplexity without the gate is the very perplexity."""
    return all(np.array_equal(run["perplexity_dense"], run["perplexity"], equal_nan=True) for run in runs
               if "perplexity" in run and "perplexity_dense" in run)


def rows_of(arms):
    rows = []
    for arm, runs in arms.items():
        for _, styles in PANELS:
            for series in styles:
                found = over_seeds(runs, series)
                if found is not None and not (series == "perplexity_dense" and ungated(runs)):
                    rows += [{"arm": arm, "series": series, "step": int(step), "runs": len(runs), "mean": float(mean),
                              "deviation": float(spread)} for step, mean, spread in zip(*found)]
    return rows


def draw_line(panel, points, colour, style, label):
    steps, mean, spread = (np.array([row[key] for row in points]) for key in ("step", "mean", "deviation"))
    panel.plot(steps, mean, linewidth=1.2, color=colour, linestyle=style, label=label)
    if np.any(spread > 0):
        panel.fill_between(steps, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)


def draw(captures):
    arms = runs_by_arm(captures)
    rows = rows_of(arms)
    shown = [(label, styles) for label, styles in PANELS if any(row["series"] in styles for row in rows)]
    if not shown:
        raise Refused("holds trainings without a report")
    drawn, panels = axes(len(shown))
    for panel, (label, styles) in zip(panels[0], shown):
        for number, arm in enumerate(arms):
            for series, style in styles.items():
                points = [row for row in rows if row["arm"] == arm and row["series"] == series]
                if points:
                    name = f"{arm}: {NAMES[series]}" if series in NAMES else arm
                    draw_line(panel, points, COLOURS[number % len(COLOURS)], style, name)
        panel.set_xlabel("step")
        panel.set_ylabel(label)
        if label in LOGARITHMIC and all(row["mean"] > row["deviation"] for row in rows if row["series"] in styles):
            panel.set_yscale("log")
    legend_below(drawn)
    return drawn, rows


if __name__ == "__main__":
    main(__doc__, draw, several=True)
