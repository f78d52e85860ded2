"""Ctrl-C, on a pseudo-terminal: what is whole is kept and marked, nothing else is left.

    python3 interrupt_test.py PROGRAM WRITE_FIXTURES
"""
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, WRITE_FIXTURES = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
LIMIT_S = 120


def run_until(folder, arguments, pattern, sent_signal=signal.SIGINT):
    """Starts the program on a terminal and interrupts it once its progress matches; its status and what it said."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=follower)
    os.close(follower)
    said, sent, deadline = "", False, time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 1)[0]:
            continue
        try:
            block = os.read(leader, 4096)
        except OSError:     # the terminal's end of file
            break
        said += block.decode("utf-8", "replace")
        if not sent and re.search(pattern, said):
            process.send_signal(sent_signal)
            sent = True
    output = process.stdout.read()
    process.stdout.close()
    os.close(leader)
    return process.wait(LIMIT_S), said, output


class Interrupt(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="gatescope-interrupt-")
        self.folder = pathlib.Path(self._folder.name)
        subprocess.run([WRITE_FIXTURES, self.folder], check=True)
        self.addCleanup(self._folder.cleanup)

    def captures(self):
        return sorted(p.name for p in self.folder.iterdir() if ".h5" in p.name)

    def test_keeps_the_windows_that_were_done(self):
        status, said, _ = run_until(
            self.folder, ["capture", "tiny.gguf", "--text", "long.txt", "--window", "128", "--windows", "all", "--gate",
                          "oracle:k=8", "--threads", "1", "--out", "c.h5"], r"Running .* [1-9]\d+ / \d+ passes")
        self.assertEqual(status, 130, said)
        self.assertEqual(self.captures(), ["c.h5"])
        self.assertRegex(said, r"\x1b\[Kgatescope: warning: interrupted after \d+ windows; .* marked incomplete\s*$")

    def test_leaves_nothing_before_the_first_window(self):
        status, said, output = run_until(
            self.folder, ["capture", "tiny.gguf", "--text", "long.txt", "--window", "60000", "--windows", "1",
                          "--threads", "1", "--out", "c.h5"], r"Running")
        self.assertEqual(status, 130, said)
        self.assertEqual(self.captures(), [])
        self.assertEqual(output, b"")
        self.assertIn("gatescope: interrupted", said)

    def sweep(self, out, *options):
        return ["sweep", "tiny.gguf", "--text", "long.txt", "--window", "128", "--windows", "100", "--gate", "oracle:k=8",
                "--gate", "random:k=8", "--k", "4,8", "--threads", "1", "--out", out, *options]

    def document(self, out, *options):
        done = subprocess.run([PROGRAM, *self.sweep(out, "--json", *options)], cwd=self.folder, check=True,
                              capture_output=True, timeout=LIMIT_S)
        document = json.loads(done.stdout)
        del document["capture"]
        return document

    def test_a_sweep_that_was_killed_goes_on_to_the_same_numbers(self):
        status, said, _ = run_until(self.folder, self.sweep("c.h5"), r"Sweeping .* [34]\d\d / 500 windows",
                                    signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL, said)
        self.assertIn("c.h5", self.captures())
        self.assertEqual(self.document("c.h5", "--resume"), self.document("whole.h5"))

    def test_an_interrupted_sweep_keeps_its_points(self):
        status, said, _ = run_until(self.folder, self.sweep("c.h5"), r"Sweeping .* [34]\d\d / 500 windows")
        self.assertEqual(status, 130, said)
        self.assertEqual(self.captures(), ["c.h5"])
        self.assertRegex(said, r"gatescope: warning: interrupted after [1-3] points; c.h5 holds those")

    def test_an_interrupted_survey_keeps_the_models_that_are_whole(self):
        status, said, _ = run_until(
            self.folder, ["spectra", *["tiny.gguf"] * 100, "--controls", "--threads", "1", "--out", "c.h5"],
            r"Weight spectra .* [1-9]\d+ / 300 layers")
        self.assertEqual(status, 130, said)
        self.assertEqual(self.captures(), ["c.h5"])
        self.assertRegex(said, r"warning: interrupted after [1-9]\d* of 100 models; c.h5 holds what is whole")

    def test_a_killed_survey_has_left_a_capture_of_models_that_are_whole(self):
        status, said, _ = run_until(
            self.folder, ["spectra", *["tiny.gguf"] * 100, "--controls", "--threads", "1", "--out", "c.h5"],
            r"Weight spectra .* [1-9]\d+ / 300 layers", signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL, said)
        self.assertIn("c.h5", self.captures())
        for verb in (["spectra", "tiny.gguf", "--out", "one.h5"], ["merge", "c.h5", "one.h5", "--out", "read.h5"]):
            subprocess.run([PROGRAM, *verb], cwd=self.folder, check=True, capture_output=True, timeout=LIMIT_S)

    def distill(self, *options):
        return ["distill", "tiny.gguf", "--text", "long.txt", "--window", "64", "--k", "8", "--local", "2", "--threads",
                "1", "--out", "gate.safetensors", "--capture", "c.h5", *options]

    def test_an_interrupted_distillation_keeps_the_gate_so_far(self):
        status, said, _ = run_until(self.folder, self.distill("--steps", "100000000"),
                                    r"Distilling .* [1-9]\d+ / \d+ steps")
        self.assertEqual(status, 130, said)
        self.assertEqual(self.captures(), ["c.h5"])
        self.assertRegex(said, r"warning: interrupted after [1-9]\d+ of 100000000 steps; gate.safetensors holds the gate")
        subprocess.run([PROGRAM, "perplexity", "tiny.gguf", "--text", "text.txt", "--window", "64", "--windows", "1",
                        "--gate", "learned:k=8,file=gate.safetensors"], cwd=self.folder, check=True,
                       capture_output=True, timeout=LIMIT_S)

    def train(self, *options):
        return ["train", "mini.json", "--set", "train.steps=600", "--set", "report.every=50", "--set",
                "report.checkpoint_every=20", "--set", "report.keep_checkpoints=2", *options]

    def assert_ends_as_one_that_never_stopped(self):
        """The run, gone on with, against a whole one: its log and its last weights, byte by byte."""
        for arguments in (["train", "--resume", "run"], self.train("--out", "whole")):
            subprocess.run([PROGRAM, *arguments], cwd=self.folder, check=True, capture_output=True, timeout=LIMIT_S)
        for name in ("log.csv", "checkpoint-600/model.safetensors", "checkpoint-600/config.json"):
            self.assertEqual((self.folder / "run" / name).read_bytes(), (self.folder / "whole" / name).read_bytes(), name)

    def test_an_interrupted_training_has_its_steps_on_the_disk_and_goes_on_to_the_same_bits(self):
        status, said, _ = run_until(self.folder, self.train("--out", "run"), r"Training mini .* [1-4]\d\d / 600 steps")
        self.assertEqual(status, 130, said)
        self.assertRegex(said, r"warning: interrupted; what was trained is in run, and gatescope train --resume run goes on")
        self.assertTrue(list((self.folder / "run").glob("checkpoint-*/model.safetensors")))
        self.assert_ends_as_one_that_never_stopped()

    def test_a_killed_training_goes_on_to_the_same_bits(self):
        status, said, _ = run_until(self.folder, self.train("--out", "run"), r"Training mini .* [1-4]\d\d / 600 steps",
                                    signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL, said)
        self.assert_ends_as_one_that_never_stopped()

    def experiment(self, *options):
        return ["experiment", "concentration", "--quick", "--seeds", "0", "--steps", "900", "-k", "4", "--set",
                "data.text=documents", "--set", "data.vocabulary=300", "--set", "train.window=32", *options]

    def outcomes(self, name):
        """What the experiment came to, gone on with where it stopped: all but times and places."""
        done = subprocess.run([PROGRAM, "experiment", "--resume", name, "--json"], cwd=self.folder, check=True,
                              capture_output=True, timeout=LIMIT_S)
        document = json.loads(done.stdout)
        curves = [curve["series"] for step in document["steps"] for curve in step["outcome"]["curves"]]
        return document["rows"], document["charts"], curves

    def test_an_interrupted_experiment_keeps_its_run_and_goes_on_to_the_same_numbers(self):
        """The table so far is printed, the capture is there and says that it is not whole."""
        status, said, output = run_until(self.folder, self.experiment("--out", "a/x"),
                                         r"Train dense, seed 0 .* [1-9]\d+ / \d+ steps")
        self.assertEqual(status, 130, said)
        self.assertRegex(said, r"warning: interrupted; what was done is in a/x, and gatescope experiment --resume a/x goes")
        self.assertIn(b"0 of 2 steps", output)
        self.assertTrue(list((self.folder / "a/x/dense-seed-0").glob("checkpoint-*/model.safetensors")))
        shown = subprocess.run([PROGRAM, "experiment", "--show", "a/x/experiment.h5", "--json"], cwd=self.folder,
                               check=True, capture_output=True, timeout=LIMIT_S)
        self.assertEqual(json.loads(shown.stdout)["status"], "stopped")
        subprocess.run([PROGRAM, *self.experiment("--out", "b/x", "--quiet")], cwd=self.folder, check=True,
                       capture_output=True, timeout=LIMIT_S)
        self.assertEqual(self.outcomes("a/x"), self.outcomes("b/x"))

    def test_a_sensitivity_map_that_was_killed_goes_on_to_the_same_numbers(self):
        arguments = ["sensitivity", "tiny.gguf", "--text", "long.txt", "--window", "128", "--windows", "60", "--gate",
                     "random:k=8", "--k", "4,8", "--mean-k", "8", "--threads", "1", "--out"]
        status, said, _ = run_until(self.folder, [*arguments, "c.h5"], r"Sensitivity .* [23]\d\d / 420 windows",
                                    signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL, said)
        maps = []
        for options in (["c.h5", "--resume", "--json"], ["whole.h5", "--json"]):
            done = subprocess.run([PROGRAM, *arguments, *options], cwd=self.folder, check=True, capture_output=True,
                                  timeout=LIMIT_S)
            maps.append(json.loads(done.stdout)["sensitivity"])
        self.assertEqual(*maps)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
