"""What the figures share: their command line, how they look, how they are saved with their numbers."""

import argparse
import contextlib
import csv
import json
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


class Checkpoint:
    """One model of a capture or a survey: its name, the layers and heads analysed, its groups of spectra."""

    def __init__(self, name, group):
        self.name, self.group, self.spectra = name, group, group["spectra"]
        self.layers, self.heads = group["layer"][...], group["head"][...]
        self.n_layers = json.loads(text(group["model"].attrs.get("shape", "{}"))).get("n_layers", self.layers[-1] + 1)

    def kernels(self):
        """The weight kernels, raw where there are, and what they are called; None where there are none."""
        for form in ("raw", "folded"):
            if f"weights/{form}" in self.spectra:
                return self.spectra[f"weights/{form}"], form
        return None, ""

    def random(self):
        """Random kernels of the same shape; None where there are none."""
        return self.spectra.get("controls/kernels")

    def scores(self):
        """Spectra of activations; None where there are none."""
        return self.spectra.get("activations")


def checkpoints(capture):
    """Those of a survey, or the one of a run."""
    groups = dict(capture["models"].items()) if "models" in capture else \
        {text(capture["model"].attrs["name"]): capture}
    found = [Checkpoint(name, group) for name, group in groups.items() if "spectra" in group]
    if not found:
        raise Refused("holds no spectra; `gatescope spectra` and `gatescope capture --weight-spectra` make them")
    return found


def _arguments(description, of_head, several, of_experiment):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", nargs="+" if several else None, help="a capture (.h5)")
    parser.add_argument("--out", required=True, help="the figure: " + ", ".join(FORMATS))
    parser.add_argument("--data", help="its numbers, as CSV")
    if of_head:
        parser.add_argument("--model", help="of a survey: which one (the first)")
        parser.add_argument("--layer", type=int, help="which layer")
        parser.add_argument("--head", type=int, help="which head")
    if of_experiment:
        parser.add_argument("--chart", metavar="ID", help="one chart of it (all)")
    parsed = parser.parse_args()
    if of_experiment and pathlib.Path(parsed.capture).is_dir():
        parsed.capture = str(pathlib.Path(parsed.capture) / "experiment.h5")
    if pathlib.Path(parsed.out).suffix not in FORMATS:
        parser.error(f"--out {parsed.out}: the name must end in one of {', '.join(FORMATS)}")
    return parsed


def main(description, draw, of_head=False, several=False, of_experiment=False):
    """draw(capture) gives the figure and its numbers: a list of equal dicts, one a row of the CSV. A figure of one head
    is asked for that: draw(capture, given) with given.model, .layer, .head, None where not named; one of an experiment,
    which its folder may stand for, with given.chart. One of several captures is given a list of them."""
    given = _arguments(description, of_head, several, of_experiment)
    names = given.capture if several else [given.capture]
    try:
        with contextlib.ExitStack() as opened:
            captures = [opened.enter_context(h5py.File(name, "r")) for name in names]
            what = captures if several else captures[0]
            drawn, rows = draw(what, given) if of_head or of_experiment else draw(what)
    except (OSError, KeyError, Refused) as failure:
        sys.exit(f"{pathlib.Path(names[0]).name}: {str(failure).splitlines()[0]}")
    drawn.savefig(given.out)
    if given.data:
        with open(given.data, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, fieldnames=list(rows[0]))
            table.writeheader()
            table.writerows(rows)
