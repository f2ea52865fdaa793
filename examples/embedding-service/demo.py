"""The demo: a naive AI service's image is built, weighed, slimmed and proven; before and after side by side."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from naive import SERVICE, build, is_built

sys.path.append(str(Path(__file__).resolve().parents[1]))
from python_image import build_image

BUILD = Path(__file__).resolve().parents[2] / "build" / "demo"
PROBES = ("--probe", f"@{SERVICE / 'probes.json'}", "--check", f"@{SERVICE / 'checks.json'}")


def say(text: str) -> None:
    print(f"\n--- {text}", flush=True)


def deadweight(*words: str | Path, into: Path | None = None) -> None:
    """Run deadweight as a user does, and show the command; what it prints goes to the screen or into a file."""
    shown = " ".join(repr(str(word)) if " " in str(word) else str(word) for word in words)
    print(f"\n$ deadweight {shown}\n", flush=True)
    with into.open("wb") if into else nullcontext() as stream:
        command = [sys.executable, "-m", "deadweight", *map(str, words)]
        done = subprocess.run(command, cwd=BUILD, stdout=stream, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rebuild", action="store_true", help="build the naive service and its image anew")
    parser.add_argument("--level", default="tight", help="how far to cut: safe, balanced or tight")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report of slimming there instead")
    asked = parser.parse_args()
    prepare(rebuild=asked.rebuild)
    clean()
    say("weighing the image, as a registry holds it")
    deadweight("weigh", "naive")
    say("slimming it: probes are watched and asked, checks are asked in the proof alone")
    slim = ("slim", "naive", "-o", "slim", "--level", asked.level, *PROBES)
    deadweight(*slim, *(["--json"] if asked.json else []), into=asked.json)


def prepare(*, rebuild: bool) -> None:
    """Build the project and its image where they are not there yet."""
    BUILD.mkdir(parents=True, exist_ok=True)
    app, image = BUILD / "app", BUILD / "naive"
    if rebuild or not is_built(app):
        say(f"building the naive project in {app}")
        build(app, say)
        shutil.rmtree(image, ignore_errors=True)
    if not image.is_dir():
        build_image(app, image, say)


def clean() -> None:
    """Take an earlier result away."""
    shutil.rmtree(BUILD / "slim", ignore_errors=True)
    (BUILD / "slim.removed.tar.zst").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
