#!/usr/bin/env python3
"""The charts of an experiment: bars with 95 % intervals, lines by layers, sparsity or step, the paper's numbers as dashed
levels, the gap between two lines shaded.

usage: experiment.py EXPERIMENT.h5 --out FIGURE.pdf [--data NUMBERS.csv] [--chart ID]
"""

import textwrap

import numpy as np
from matplotlib import ticker

from figure import Refused, axes, main, text

# Who is drawn how: the window's colours (its light theme), and for print without colour a mark, a line and a hatch.
ROLES = {
    "dense": ("#5B6472", "s", "-", ""), "learned": ("#0B7A70", "o", "-", ""), "kl": ("#0B7A70", "o", "-", ""),
    "random": ("#A8457F", "^", "--", "///"), "oracle": ("#7A6A00", "D", "-.", ".."),
    "co-adapted": ("#B3261E", "v", "-", "\\\\\\"), "stochastic": ("#6A4FC0", "P", "--", "xx"),
    "bce": ("#6A4FC0", "X", "--", "xx"), "none": ("#1B1F27", "x", ":", "--"), "paper": ("#8A6200", "*", ":", ""),
}
OTHERS = [("#0B7A70", "o", "-", ""), ("#A8457F", "^", "--", "///"), ("#7A6A00", "D", "-.", ".."),
          ("#B3261E", "v", "-", "\\\\\\"), ("#6A4FC0", "P", "--", "xx")]
INK = "#1B1F27"
FEW = 24  # points with marks and bars of their interval; more are a line in a band
ACROSS = 3  # panels in a row


def plain(words):
    """As matplotlib would print it without formulas."""
    return text(words).replace("$", r"\$")


def numbers(group, name):
    return np.asarray(group[name][...], dtype=float) if name in group else np.array([])


class Series:
    def __init__(self, group, place):
        self.label, self.role = plain(group.attrs["label"]), text(group.attrs["role"])
        self.style = ROLES.get(self.role, OTHERS[place % len(OTHERS)])
        self.x, self.y = numbers(group, "x"), numbers(group, "y")
        unknown = np.full(len(self.y), np.nan)
        self.low, self.high = (numbers(group, end) if end in group else unknown for end in ("low", "high"))

    def draw_errors(self, panel, shift, colour):
        known = np.isfinite(self.y) & np.isfinite(self.low) & np.isfinite(self.high)
        if known.any():
            panel.errorbar(self.x[known] + shift, self.y[known],
                           np.clip([(self.y - self.low)[known], (self.high - self.y)[known]], 0, None), fmt="none",
                           ecolor=colour, elinewidth=0.9, capsize=2)


class Chart:
    def __init__(self, group):
        for name in ("id", "title", "x_label", "y_label"):
            setattr(self, name, text(group.attrs[name]))
        for name in ("bars", "log_x", "log_y", "shade_gap"):
            setattr(self, name, int(group.attrs[name]) == 1)
        self.categories = [plain(name) for name in group["categories"][...]] if "categories" in group else []
        self.series = [Series(one, place) for place, one in enumerate(group["series"].values())]
        levels = group.get("levels", {})
        self.levels = list(zip(map(plain, levels["label"][...]), map(text, levels["role"][...]),
                               levels["value"][...].tolist())) if "label" in levels else []

    def drawn(self):
        return [series for series in self.series if np.isfinite(series.y).any()]

    def rows(self):
        out = []
        for series in self.series:
            for x, y, low, high in zip(series.x, series.y, series.low, series.high):
                category = self.categories[int(x)] if 0 <= x < len(self.categories) else ""
                out.append({"chart": self.id, "kind": "point", "label": series.label, "role": series.role, "x": float(x),
                            "category": category, "y": float(y), "low": float(low), "high": float(high)})
        out += [{"chart": self.id, "kind": "level", "label": label, "role": role, "x": "", "category": "", "y": value,
                 "low": "", "high": ""} for label, role, value in self.levels]
        return out


def short(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def draw_bars(panel, chart):
    shown = chart.drawn()
    places, counts = np.unique(np.concatenate([series.x for series in shown]), return_counts=True)
    beside = len(shown) if counts.max() > 1 else 1  # bars of one category stand beside each other
    width = 0.8 / beside
    for number, series in enumerate(shown):
        colour, _, _, hatch = series.style
        shift = width * (number + 0.5) - 0.4 if beside > 1 else 0
        looks = {"color": "none", "edgecolor": colour, "linestyle": "--"} if series.role == "paper" else \
            {"color": colour, "edgecolor": "white", "hatch": hatch}
        panel.bar(series.x + shift, series.y, width=0.92 * width, linewidth=0.8,
                  label=series.label if len(series.x) > 1 or not chart.categories else None, **looks)
        series.draw_errors(panel, shift, INK)
        if len(places) * beside <= 8:
            for x, y, high in zip(series.x + shift, series.y, series.high):
                if np.isfinite(y):
                    panel.annotate(short(y), (x, high if np.isfinite(high) else y), (0, 2.5), textcoords="offset points",
                                   ha="center", fontsize=7,
                                   bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.3})
    if chart.categories:
        panel.set_xlim(-0.6, len(chart.categories) - 0.4)
        panel.set_xticks(range(len(chart.categories)), [textwrap.fill(name, 14) for name in chart.categories], fontsize=8)
    elif len(places) <= 16:
        panel.set_xticks(places, [short(place) for place in places])
    panel.margins(y=0.12)


def draw_gap(panel, chart):
    first, second = (dict(zip(series.x, series.y)) for series in chart.series[:2])
    both = [x for x in sorted(first) if np.isfinite(first[x]) and np.isfinite(second.get(x, np.nan))]
    if len(both) > 1:
        panel.fill_between(both, [first[x] for x in both], [second[x] for x in both], color="0.5", alpha=0.15,
                           linewidth=0, label="gap")


def draw_lines(panel, chart):
    for series in chart.drawn():
        colour, mark, line, _ = series.style
        few = len(series.x) <= FEW
        known = np.isfinite(series.y)  # what was not measured at a step does not cut the line
        panel.plot(series.x[known], series.y[known], color=colour, linestyle=line, linewidth=1.2,
                   marker=mark if few else "", markersize=4, label=series.label)
        if few:
            series.draw_errors(panel, 0, colour)
        else:
            panel.fill_between(series.x, series.low, series.high, color=colour, alpha=0.2, linewidth=0)
    if chart.shade_gap and len(chart.series) > 1:
        draw_gap(panel, chart)
    places = sorted(set().union(*(series.x.tolist() for series in chart.drawn())))
    if chart.categories:
        panel.set_xticks(range(len(chart.categories)), [textwrap.fill(name, 14) for name in chart.categories])
    elif len(places) <= 9:
        panel.set_xticks(places, [short(place) for place in places])
        panel.xaxis.set_minor_locator(ticker.NullLocator())


def draw_levels(panel, chart):
    for place, (label, role, value) in enumerate(chart.levels):
        if np.isfinite(value) and not (chart.log_y and value <= 0):
            colour = ROLES.get(role, OTHERS[(len(chart.series) + place) % len(OTHERS)])[0]
            told = any(letter.isdigit() for letter in label)
            panel.axhline(value, color=colour, linestyle=(0, (5, 2)) if role != "paper" else (0, (1, 1.5)), linewidth=1.1,
                          zorder=1.5, label=label if told else f"{label} {short(value)}")


def scale(axis, values):
    """A logarithmic axis; one that zeros stand on, too, goes down to them."""
    values = values[np.isfinite(values)]
    least = values[values > 0].min(initial=np.inf)
    if not np.isfinite(least):
        return
    if (values <= 0).any():
        axis._set_axes_scale("symlog", linthresh=10 ** np.floor(np.log10(least)), linscale=0.5)
        return
    axis._set_axes_scale("log")
    if values.max() < 1000 * least:
        axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: short(value)))
        axis.set_minor_formatter(ticker.NullFormatter())


def draw_chart(panel, chart, mark):
    (draw_bars if chart.bars else draw_lines)(panel, chart)
    draw_levels(panel, chart)
    shown = chart.drawn()
    if chart.log_x and not chart.categories:
        ticks, names = panel.get_xticks(), [tick.get_text() for tick in panel.get_xticklabels()]
        scale(panel.xaxis, np.concatenate([series.x for series in shown]))
        if any(names):
            panel.set_xticks(ticks, names)
            panel.xaxis.set_minor_locator(ticker.NullLocator())
    if chart.log_y:
        scale(panel.yaxis, np.concatenate([series.y for series in shown]))
    panel.set_xlabel(plain(chart.x_label))
    panel.set_ylabel(plain(chart.y_label))
    panel.set_title(textwrap.fill(mark + plain(chart.title), 46), loc="left")
    entries = panel.get_legend_handles_labels()[1]
    if entries:
        columns = 2 if max(map(len, entries)) <= 24 and len(entries) > 1 else 1
        panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncol=columns, borderaxespad=0)
        return -(-len(entries) // columns)
    return 0


def charts_of(capture, wanted):
    if "experiment" not in capture:
        raise Refused("holds no experiment; `gatescope experiment` makes experiment.h5")
    charts = [Chart(group) for group in capture["experiment"].get("charts", {}).values()]
    if wanted is not None and wanted not in [chart.id for chart in charts]:
        raise Refused(f"holds no chart {wanted}; it has {', '.join(chart.id for chart in charts) or 'none yet'}")
    charts = [chart for chart in charts if chart.drawn() and wanted in (None, chart.id)]
    if not charts:
        raise Refused("holds no numbers to draw yet")
    return charts


def draw(capture, given):
    charts = charts_of(capture, given.chart)
    across = 2 if len(charts) == 4 else min(ACROSS, len(charts))
    down = -(-len(charts) // across)
    drawn, panels = axes(across, 3.0, down)
    panels = panels.flatten()
    most = 0
    for number, (panel, chart) in enumerate(zip(panels, charts)):
        most = max(most, draw_chart(panel, chart, f"({chr(ord('a') + number % 26)}) " if len(charts) > 1 else ""))
    for panel in panels[len(charts):]:
        panel.set_visible(False)
    drawn.set_size_inches(3.6 * across, (2.9 + 0.17 * most) * down)
    return drawn, [row for chart in charts for row in chart.rows()]


if __name__ == "__main__":
    main(__doc__, draw, of_experiment=True)
