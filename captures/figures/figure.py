"""What the figures share: their command line, how they look, how they are saved with their numbers."""

import argparse
import csv
import pathlib
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (after the choice of a backend)

COLOURS = ["#4C9BE8", "#F0A04B", "#2EC4B6", "#D1495B", "#8E6BBF", "#7A8B3C", "#C77DA3", "#5C6B73"]
FORMATS = (".pdf", ".svg", ".png")

pyplot.rcParams.update({
    "font.size": 9, "axes.titlesize": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.prop_cycle": pyplot.cycler(color=COLOURS), "legend.frameon": False, "legend.fontsize": 8,
    "svg.fonttype": "none", "pdf.fonttype": 42, "savefig.dpi": 300,
})


class Refused(Exception):
    """What the capture lacks, in one line."""


def text(value):
    """An attribute's text, whatever way it was stored."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def axes(columns, height=2.6, rows=1):
    return pyplot.subplots(rows, columns, figsize=(3.1 * columns, height * rows), squeeze=False, layout="constrained")


def legend_below(drawn):
    """One legend for all panels, under them: names of gates are long. A name is shown once."""
    entries = {}
    for panel in drawn.axes:
        for handle, name in zip(*panel.get_legend_handles_labels()):
            entries.setdefault(name, handle)
    columns = max(1, min(len(entries), int(drawn.get_figwidth() * 12 // max(map(len, entries), default=1))))
    legend = 0.18 * -(-len(entries) // columns) + 0.05  # inches
    height = drawn.get_figheight() + legend
    drawn.set_figheight(height)
    drawn.get_layout_engine().set(rect=(0, legend / height, 1, 1 - legend / height))
    drawn.legend(entries.values(), entries.keys(), loc="lower center", ncol=columns)


def _arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", help="a capture (.h5)")
    parser.add_argument("--out", required=True, help="the figure: " + ", ".join(FORMATS))
    parser.add_argument("--data", help="its numbers, as CSV")
    parsed = parser.parse_args()
    if pathlib.Path(parsed.out).suffix not in FORMATS:
        parser.error(f"--out {parsed.out}: the name must end in one of {', '.join(FORMATS)}")
    return parsed


def main(description, draw):
    """draw(capture) gives the figure and its numbers: a list of equal dicts, one a row of the CSV."""
    given = _arguments(description)
    try:
        with h5py.File(given.capture, "r") as capture:
            drawn, rows = draw(capture)
    except (OSError, KeyError, Refused) as failure:
        sys.exit(f"{pathlib.Path(given.capture).name}: {str(failure).splitlines()[0]}")
    drawn.savefig(given.out)
    if given.data:
        with open(given.data, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, fieldnames=list(rows[0]))
            table.writeheader()
            table.writerows(rows)
