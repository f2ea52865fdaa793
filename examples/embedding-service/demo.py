"""The demo: a naive AI service is built, weighed, slimmed and proven; before and after side by side."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from naive import SERVICE, build, is_built

BUILD = Path(__file__).resolve().parents[2] / "build" / "demo"
SERVE = ".venv/bin/uvicorn app:app --port 8000"


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
    parser.add_argument("--rebuild", action="store_true", help="build the naive service anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report of slimming there instead")
    asked = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    app = BUILD / "app"
    if asked.rebuild or not is_built(app):
        say(f"building the naive service in {app}")
        build(app, say)
    clean()
    say("weighing it")
    deadweight("weigh", "app")
    say("slimming it, and proving over HTTP that every answer is the same")
    slim = ("slim", "app", "-o", "app-slim", "--run", SERVE, "--probe", f"@{SERVICE / 'probes.json'}")
    deadweight(*slim, *(["--json"] if asked.json else []), into=asked.json)


def clean() -> None:
    """Take an earlier result away."""
    shutil.rmtree(BUILD / "app-slim", ignore_errors=True)
    (BUILD / "app-slim.removed.tar.zst").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
