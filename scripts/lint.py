#!/usr/bin/env python3
"""Check what a compiler does not: who may include what, sizes of files and functions, names, and (--format) clang-format.

usage: lint.py [--format] [FOLDER]   prints one finding a line; exit status 1 if there are any. Warnings do not fail.
"""

import dataclasses
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

SOURCE_FOLDERS = ("model", "analysis", "captures", "app", "tests")
SOURCE_ENDINGS = (".h", ".cpp")
CHECKED_ENDINGS = SOURCE_ENDINGS + (".py", ".md", ".txt", ".cmake", ".json", ".sh", "")
WARN_FILE_LINES, MOST_FILE_LINES, MOST_FUNCTION_LINES = 400, 600, 80

# Layers from the bottom up: a folder may include its own layer and those before it. app/window and app/cli are peers.
LAYERS = (("model/",), ("analysis/",), ("captures/",), ("app/engine/",), ("app/window/",), ("app/cli/",), ("app/",))
PEERS = ("app/window/", "app/cli/")

TORCH = r"<(torch|ATen|c10|caffe2)/"
IMGUI = r"[<\"](.*/)?(imgui|implot|imstb|ImFileDialog)"
HDF5 = r"[<\"](hdf5|H5[A-Z]\w*)"
OPENGL = r"<(GL|GLES\d?|glad|KHR|EGL)/"
GLFW = r"<GLFW/"


@dataclasses.dataclass(frozen=True)
class Ban:
    what: str
    include: str  # pattern of what stands behind #include
    allowed: tuple  # patterns of files that may


BANS = (
    Ban("torch", TORCH, ("model/*", "analysis/*", "app/engine/*.cpp", "tests/*")),
    Ban("Dear ImGui", IMGUI, ("app/window/*", "tests/app/window/*", "tests/support/*")),
    Ban("HDF5", HDF5, ("captures/*", "tests/captures/*", "tests/support/*")),
    Ban("OpenGL", OPENGL, ("app/window/texture_gl.cpp", "app/window/platform_glfw.cpp", "tests/app/window/*")),
    Ban("GLFW", GLFW, ("app/window/platform_glfw.*", "app/window/texture_gl.cpp", "tests/app/window/*")),
)
# These never see torch, not even through what they include: they compile fast, and the window's thread can't call it.
TORCH_FREE = (
    "model/core/*", "model/config.h", "model/checkpoint/*", "model/tokenizer/*", "*_info.h", "analysis/results.h",
    "captures/*", "app/window/*", "app/cli/*", "app/main.cpp",
)  # fmt: skip

MACHINE_PATHS = re.compile(r"(?<![\w./$}-])/(home|root|work|Users|mnt|opt)/(?!someone\b)[\w.]")


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str
    fails: bool = True

    def __str__(self):
        return f"{self.path}:{self.line}: {'' if self.fails else 'warning: '}{self.text}"


def matches(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def layer_of(path):
    for number, folders in enumerate(LAYERS):
        if path.startswith(folders):
            return number
    return None


def without_comments_and_strings(text):
    """The code with comments and literals blanked, line breaks kept, so that braces can be counted."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)


def include_findings(path, lines):
    own = layer_of(path)
    for number, line in enumerate(lines, 1):
        found = re.match(r"\s*#\s*include\s*([<\"])([^>\"]+)[>\"]", line)
        if not found:
            continue
        target = found[1] + found[2]
        for ban in BANS:
            if not re.match(ban.include, target):
                continue
            if not matches(path, ban.allowed):
                yield Finding(path, number, f"{ban.what} may not be included here ({found[2]})")
        if re.match(r"<torch/(torch|extension|all)\.h", target):
            yield Finding(path, number, "include narrow ATen headers: torch/torch.h costs half a minute a file")
        other = layer_of(found[2]) if found[1] == '"' else None
        if own is None or other is None:
            continue
        peers = path.startswith(PEERS) and found[2].startswith(PEERS) and path.split("/")[1] != found[2].split("/")[1]
        if other > own or peers:
            yield Finding(path, number, f"a layer may not include one above or beside it ({found[2]})")


def own_includes(text):
    return re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE)


def torch_chain(path, texts, seen):
    """The files from `path` to one that includes torch, or None; `seen` holds files known not to lead there."""
    if path in seen or path not in texts:
        return None
    seen.add(path)
    if re.search(rf"^\s*#\s*include\s*{TORCH}", texts[path], re.MULTILINE):
        return [path]
    for included in own_includes(texts[path]):
        chain = torch_chain(included, texts, seen)
        if chain:
            return [path, *chain]
    return None


def torch_findings(texts):
    for path in sorted(texts):
        chain = torch_chain(path, texts, set()) if matches(path, TORCH_FREE) else None
        if chain:
            yield Finding(path, 1, f"sees torch: {' -> '.join(chain)}")


def function_findings(path, text):
    """Functions over the limit, found as outermost brace blocks that are no namespace, type, enum or initialiser."""
    open_blocks = []  # (line of the opening brace, is a function)
    inside = 0  # functions around
    code = without_comments_and_strings(text)
    line, head_start = 1, 0
    for at, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == ";" and not inside:
            head_start = at + 1
        elif char == "{":
            head = re.sub(r"^\s*#.*$", "", code[head_start:at], flags=re.MULTILINE).strip()
            container = re.search(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$", head) is not None
            is_function = not inside and not container and ")" in head
            inside += is_function
            open_blocks.append((line, is_function))
            head_start = at + 1
        elif char == "}" and open_blocks:
            start, was_function = open_blocks.pop()
            if was_function:
                inside -= 1
                length = line - start + 1
                if length > MOST_FUNCTION_LINES:
                    yield Finding(path, start, f"a function of {length} lines; {MOST_FUNCTION_LINES} at most")
            if not inside:
                head_start = at + 1


def size_findings(path, lines):
    if len(lines) > MOST_FILE_LINES:
        yield Finding(path, len(lines), f"{len(lines)} lines; {MOST_FILE_LINES} at most")
    elif len(lines) > WARN_FILE_LINES:
        yield Finding(path, len(lines), f"{len(lines)} lines; think of splitting it at {WARN_FILE_LINES}", fails=False)


def name_findings(path):
    name = pathlib.PurePosixPath(path)
    if re.search(r"(^|_)(utils?|helpers?|misc|common)$", name.stem) or "utils" in name.parts:
        yield Finding(path, 1, "name a file after what it does: no utils, helpers, misc or common")
    if name.suffix in SOURCE_ENDINGS and not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name.stem):
        yield Finding(path, 1, "names of sources are snake_case")


def text_findings(path, lines):
    for number, line in enumerate(lines, 1):
        if MACHINE_PATHS.search(line):
            yield Finding(path, number, "a path of one machine")
        if path.endswith(SOURCE_ENDINGS) and re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield Finding(path, number, "finish it or file it: no TODO in the tree")


def source_findings(path, text, lines):
    if re.search(r"^TEST(_F|_P)?\(", text, re.MULTILINE) and not path.endswith("_test.cpp"):
        yield Finding(path, 1, "a file of tests is named ..._test.cpp")
    if path.endswith(".h") and not any(line.strip() == "#pragma once" for line in lines):
        yield Finding(path, 1, "a header needs #pragma once")
    if re.search(r"^\s*using\s+namespace\b", text, re.MULTILINE) and path.endswith(".h"):
        yield Finding(path, 1, "no using namespace in a header")
    yield from size_findings(path, lines)
    yield from include_findings(path, lines)
    yield from function_findings(path, text)


def check_file(path, text):
    """Findings of one file; `path` is relative to the repository, with forward slashes."""
    lines = text.splitlines()
    yield from name_findings(path)
    yield from text_findings(path, lines)
    if path.endswith(SOURCE_ENDINGS):
        yield from source_findings(path, text, lines)


def tracked_files(root):
    """Files that git knows or would add, else all files below root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return sorted(name for name in names if name and (root / name).is_file())


def check_tree(root):
    sources = {}
    for name in tracked_files(root):
        if os.path.splitext(name)[1] not in CHECKED_ENDINGS:
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name.endswith(SOURCE_ENDINGS):
            sources[name] = text
        yield from check_file(name, text)
    yield from torch_findings(sources)


def check_format(root):
    sources = [name for name in tracked_files(root) if name.startswith(SOURCE_FOLDERS) and name.endswith(SOURCE_ENDINGS)]
    done = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", "--ferror-limit=1", *sources], cwd=root, capture_output=True, text=True
    )
    for line in done.stderr.splitlines():
        found = re.match(r"(.+?):(\d+):\d+: error:", line)
        if found:
            yield Finding(found[1], int(found[2]), f"not formatted: clang-format -i {found[1]}")


def main(arguments):
    folders = [argument for argument in arguments if not argument.startswith("--")]
    root = pathlib.Path(folders[0] if folders else pathlib.Path(__file__).resolve().parent.parent)
    findings = list(check_tree(root))
    if "--format" in arguments:
        findings += check_format(root)
    for finding in findings:
        print(finding)
    return 1 if any(finding.fails for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
