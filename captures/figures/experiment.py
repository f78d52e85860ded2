#!/usr/bin/env python3
"""The charts of an experiment: bars with 95 % intervals, lines by layers, sparsity or step, the paper's numbers as dashed
levels, the gap between two lines shaded.

usage: experiment.py EXPERIMENT.h5 --out FIGURE.pdf [--data NUMBERS.csv] [--chart ID]
"""

import textwrap

import numpy as np
from matplotlib import colors, pyplot, ticker

from figure import Refused, main, text

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
FEW = 12  # points with marks and bars of their interval; more are a line in a band
ACROSS = 3  # panels in a row
WIDTH, HEIGHT = 3.6, 2.9  # inches of a panel
# Of series of one role beside each other: how much white is in each, and its line and mark.
SHADES, LINES, MARKS = (0, 0.35, 0.2, 0.5, 0.1), ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1))), "osD^vPX"


def plain(words):
    """As matplotlib would print it without formulas."""
    return text(words).replace("$", r"\$")


def numbers(group, name):
    return np.asarray(group[name][...], dtype=float) if name in group else np.array([])


class Series:
    def __init__(self, group, place):
        self.label, self.role = plain(group.attrs["label"]), text(group.attrs["role"])
        self.colour, self.mark, self.line, self.hatch = ROLES.get(self.role, OTHERS[place % len(OTHERS)])
        self.x, self.y = numbers(group, "x"), numbers(group, "y")
        unknown = np.full(len(self.y), np.nan)
        self.low, self.high = (numbers(group, end) if end in group else unknown for end in ("low", "high"))

    def tell_apart(self, number):
        """From those of the same role before it."""
        white = SHADES[number % len(SHADES)]
        self.colour = colors.to_hex([1 - (1 - part) * (1 - white) for part in colors.to_rgb(self.colour)])
        self.line, self.mark = LINES[number % len(LINES)], MARKS[number % len(MARKS)]

    def draw_errors(self, panel, across, colour):
        known = np.isfinite(self.y) & np.isfinite(self.low) & np.isfinite(self.high)
        if known.any():
            panel.errorbar(across[known], self.y[known],
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
        for number, series in enumerate(self.series):
            alike = [other.role for other in self.series[:number]].count(series.role)
            if alike:
                series.tell_apart(alike)
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


def short(value, digits=4):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def name_categories(panel, chart):
    panel.set_xlim(-0.6, len(chart.categories) - 0.4)
    width = max(8, 36 // len(chart.categories))
    panel.set_xticks(range(len(chart.categories)), [textwrap.fill(name, width) for name in chart.categories], fontsize=8)


def name_places(panel, places, logarithmic):
    """Just where points are; names that would touch are turned."""
    along = np.log(places) if logarithmic and min(places) > 0 else np.asarray(places)
    near = len(places) > 1 and np.diff(along).min() < 0.09 * (along[-1] - along[0])
    panel.set_xticks(places, [short(place) for place in places], **({"rotation": 40, "fontsize": 7} if near else {}))
    panel.xaxis.set_minor_locator(ticker.NullLocator())


def draw_bars(panel, chart):
    shown = chart.drawn()
    places, counts = np.unique(np.concatenate([series.x for series in shown]), return_counts=True)
    beside = len(shown) if counts.max() > 1 else 1  # bars of one category stand beside each other
    width = 0.8 / beside
    for number, series in enumerate(shown):
        across = series.x + (width * (number + 0.5) - 0.4 if beside > 1 else 0)
        looks = {"color": "none", "edgecolor": series.colour, "linestyle": "--"} if series.role == "paper" else \
            {"color": series.colour, "edgecolor": "white", "hatch": series.hatch}
        panel.bar(across, series.y, width=0.92 * width, linewidth=0.8,
                  label=series.label if len(series.x) > 1 or not chart.categories else None, **looks)
        series.draw_errors(panel, across, INK)
        if len(places) * beside <= 6:
            for x, y, high in zip(across, series.y, series.high):
                if np.isfinite(y):
                    panel.annotate(short(y, 3), (x, high if np.isfinite(high) else y), (0, 2.5), ha="center", fontsize=7,
                                   textcoords="offset points",
                                   bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.3})
    if chart.categories:
        name_categories(panel, chart)
    elif len(places) <= 16:
        name_places(panel, places, False)
    panel.margins(y=0.12)


def draw_gap(panel, chart):
    first, second = (dict(zip(series.x, series.y)) for series in chart.series[:2])
    both = [x for x in sorted(first) if np.isfinite(first[x]) and np.isfinite(second.get(x, np.nan))]
    if len(both) > 1:
        panel.fill_between(both, [first[x] for x in both], [second[x] for x in both], color="0.5", alpha=0.15,
                           linewidth=0, label="gap")


def beside_each_other(chart):
    """Where the points of each series are drawn: intervals at one place would hide each other."""
    shown = chart.drawn()
    across = np.concatenate([series.x for series in shown])
    step = 0 if chart.log_x or len(shown) < 2 else 0.012 * (across.max() - across.min())
    return [series.x + (step * (number - (len(shown) - 1) / 2) if np.isfinite(series.low).any() else 0)
            for number, series in enumerate(shown)]


def draw_lines(panel, chart):
    for series, across in zip(chart.drawn(), beside_each_other(chart)):
        few = len(series.x) <= FEW
        known = np.isfinite(series.y)  # what was not measured at a step does not cut the line
        panel.plot((across if few else series.x)[known], series.y[known], color=series.colour, linestyle=series.line,
                   linewidth=1.2, marker=series.mark if few else "", markersize=4, label=series.label)
        if few:
            series.draw_errors(panel, across, series.colour)
        else:
            panel.fill_between(series.x, series.low, series.high, color=series.colour, alpha=0.2, linewidth=0)
    if chart.shade_gap and len(chart.series) > 1:
        draw_gap(panel, chart)
    places = sorted(set().union(*(series.x.tolist() for series in chart.drawn())))
    if chart.categories:
        name_categories(panel, chart)
    elif len(places) <= 9:
        name_places(panel, places, chart.log_x)


def draw_levels(panel, chart):
    for place, (label, role, value) in enumerate(chart.levels):
        if np.isfinite(value) and not (chart.log_y and value <= 0):
            colour = ROLES.get(role, OTHERS[(len(chart.series) + place) % len(OTHERS)])[0]
            told = any(letter.isdigit() for letter in label)
            panel.axhline(value, color=colour, linestyle=(0, (5, 2)) if role != "paper" else (0, (1, 1.5)), linewidth=1.1,
                          zorder=1.5, label=label if told else f"{label} {short(value)}")


def scale(axis, set_scale, values):
    """A logarithmic axis; one that zeros stand on, too, goes down to them."""
    values = values[np.isfinite(values)]
    least = values[values > 0].min(initial=np.inf)
    if not np.isfinite(least):
        return
    if (values <= 0).any():
        set_scale("symlog", linthresh=10 ** np.floor(np.log10(least)), linscale=0.5)
        return
    set_scale("log")
    if values.max() < 1000 * least:
        axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: short(value)))
        axis.set_minor_formatter(ticker.NullFormatter())


def draw_chart(panel, chart, mark):
    (draw_bars if chart.bars else draw_lines)(panel, chart)
    draw_levels(panel, chart)
    shown = chart.drawn()
    if chart.log_x and not chart.categories:
        ticks, names = panel.get_xticks(), panel.get_xticklabels()
        scale(panel.xaxis, panel.set_xscale, np.concatenate([series.x for series in shown]))
        if any(name.get_text() for name in names):
            panel.set_xticks(ticks, [name.get_text() for name in names])
            panel.xaxis.set_minor_locator(ticker.NullLocator())
    if chart.log_y:
        scale(panel.yaxis, panel.set_yscale, np.concatenate([series.y for series in shown]))
    panel.set_xlabel(plain(chart.x_label))
    panel.set_ylabel(textwrap.fill(plain(chart.y_label), 30))
    panel.set_title(textwrap.fill(mark + plain(chart.title), 42), loc="left")


def explain(place, panel, chart):
    """The legend of a panel, below it, series first; how many lines it takes."""
    place.axis("off")
    series = [series.label for series in chart.series]
    entries = sorted(zip(*panel.get_legend_handles_labels()),
                     key=lambda entry: series.index(entry[1]) if entry[1] in series else len(series))
    if not entries:
        return 0
    handles, names = zip(*entries)
    columns = 2 if max(map(len, names)) <= 18 and len(names) > 1 else 1
    place.legend(handles, names, loc="upper center", ncol=columns, borderaxespad=0)
    return -(-len(names) // columns)


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
    drawn = pyplot.figure(layout="constrained")
    grid = drawn.add_gridspec(2 * down, across)
    lines = [0] * down
    for number, chart in enumerate(charts):
        row, column = divmod(number, across)
        panel = drawn.add_subplot(grid[2 * row, column])
        draw_chart(panel, chart, f"({chr(ord('a') + number % 26)}) " if len(charts) > 1 else "")
        lines[row] = max(lines[row], explain(drawn.add_subplot(grid[2 * row + 1, column]), panel, chart))
    heights = [height for count in lines for height in (HEIGHT, 0.19 * count + 0.02)]
    grid.set_height_ratios(heights)
    drawn.set_size_inches(WIDTH * across, sum(heights))
    return drawn, [row for chart in charts for row in chart.rows()]


if __name__ == "__main__":
    main(__doc__, draw, of_experiment=True)
