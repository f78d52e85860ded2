"""Runs a transcript (README.md) against a built program.

    python3 run_transcript.py PROGRAM WRITE_FIXTURES TRANSCRIPT [--update]
"""
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LIMIT_S = 120


@dataclasses.dataclass
class Step:
    command: str
    expected: list


def read_steps(path):
    """Steps of a transcript; lines before the first command are its comment."""
    comment, steps = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], []))
        elif steps:
            steps[-1].expected.append(line)
        else:
            comment.append(line)
    for step in steps:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return comment, steps


def answer(command, folder, program):
    """What a command line prints, in a transcript's words."""
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
                   "XDG_CACHE_HOME": str(folder / "cache"), "GATESCOPE_CACHE": ""}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT_S, check=False)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    lines += ["! " + line for line in done.stderr.decode("utf-8", "replace").splitlines()]
    return lines + [f"=> {done.returncode}"]


def matches(line, pattern):
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), line) is not None


def fits(lines, patterns):
    """Do lines match patterns, `...` being any number of lines?"""
    if not patterns:
        return not lines
    if patterns[0] == "...":
        return any(fits(lines[n:], patterns[1:]) for n in range(len(lines) + 1))
    return bool(lines) and matches(lines[0], patterns[0]) and fits(lines[1:], patterns[1:])


def run(program, write_fixtures, transcript, update):
    comment, steps = read_steps(transcript)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="gatescope-transcript-") as name:
        folder = pathlib.Path(name)
        subprocess.run([write_fixtures, folder], check=True)
        for step in steps:
            lines = answer(step.command, folder, program)
            if fits(lines, step.expected):
                continue
            failed += 1
            print(f"{transcript.name}: $ {step.command}")
            print("".join(f"  expected | {line}\n" for line in step.expected), end="")
            print("".join(f"  answered | {line}\n" for line in lines))
            step.expected = lines
    if update:
        blocks = ["\n".join(["$ " + step.command, *step.expected]) for step in steps]
        transcript.write_text("\n".join([*comment, "\n\n".join(blocks)]) + "\n", encoding="utf-8")
    print(f"{transcript.name}: {len(steps)} commands, {failed} failed")
    return failed


def main():
    update = "--update" in sys.argv
    program, write_fixtures, transcript = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
    sys.exit(1 if run(program, write_fixtures, transcript, update) and not update else 0)


if __name__ == "__main__":
    main()
