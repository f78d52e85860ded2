#!/usr/bin/env python3
"""How long a checkpoint's tokenizer takes on a text, against the `tokenizers` package on one thread.

usage: bench_tokenizers.py GATESCOPE FOLDER TEXT [TIMES]   (needs: tokenizers 0.23)

FOLDER holds a tokenizer.json; TEXT is repeated up to 10 MB. User time of `gatescope tokenize`, with opening and
printing, less that of an almost empty text, against the package's encode() alone, whole and line by line (which
suits its cache better). Prints the best of TIMES (3) and the ratios; fails when the ids differ.
"""
import os
import resource
import subprocess
import sys
import tempfile

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer  # noqa: E402  (reads the environment)

MOST = 10_000_000


def user(who):
    return resource.getrusage(who).ru_utime


def ours(program, folder, text):
    with tempfile.NamedTemporaryFile("wb", suffix=".txt") as file:
        file.write(text)
        file.flush()
        begin = user(resource.RUSAGE_CHILDREN)
        done = subprocess.run([program, "tokenize", folder, "--text", file.name], capture_output=True, check=True)
        return user(resource.RUSAGE_CHILDREN) - begin, [int(i) for i in done.stdout.split()]


def timed(work):
    begin = user(resource.RUSAGE_SELF)
    result = work()
    return user(resource.RUSAGE_SELF) - begin, result


def main(program, folder, path, times="3"):
    with open(path, "rb") as file:
        text = file.read()
    text = (text * (MOST // len(text) + 1))[:MOST].decode("utf-8", "ignore")
    fast = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    fast.no_truncation()
    fast.no_padding()
    mine, whole, lines = [], [], []
    for _ in range(int(times)):
        empty, _ = ours(program, folder, b"a")
        seconds, ids = ours(program, folder, text.encode())
        mine.append(seconds - empty)
        seconds, encoding = timed(lambda: fast.encode(text))
        whole.append(seconds)
        lines.append(timed(lambda: [fast.encode(line) for line in text.splitlines(keepends=True)])[0])
        if ids != encoding.ids:
            sys.exit(f"{folder}: the ids differ")
    print(f"{folder}: gatescope {min(mine):.2f} s, tokenizers {min(whole):.2f} s whole, {min(lines):.2f} s by lines; "
          f"{min(whole) / min(mine):.1f} and {min(lines) / min(mine):.1f} times as fast")


if __name__ == "__main__":
    main(*sys.argv[1:])
