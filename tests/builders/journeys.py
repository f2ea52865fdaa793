"""Whole artifacts as real tools leave them: an image of Debian with a service, and how to run the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

STORE = Path(__file__).resolve().parents[2] / "build" / "journeys"
"""What is slow to make and always the same stays here."""

SERVICE = '''"""A service with one answer."""

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def index():
    return jsonify(answer=42, words=["small", "true"])


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
'''


def need(*tools: str) -> None:
    """Skip where a tool is not installed, saying which."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if os.geteuid():
        pytest.skip("runs as root: it makes root file systems")


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a tool; gives its standard output, fails with what it said."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def deadweight(*words: str | Path, cwd: Path | None = None) -> dict[str, Any]:
    """Run a command with --json as a user does; gives its document."""
    document: dict[str, Any] = json.loads(run(sys.executable, "-m", "deadweight", *words, "--json", cwd=cwd))
    return document


def debian() -> Path:
    """A root file system of Debian with Python and Flask, as a tar."""
    made = STORE / "debian.tar"
    if not made.is_file():
        STORE.mkdir(parents=True, exist_ok=True)
        part = STORE / "debian.part.tar"
        run("mmdebstrap", "--variant=minbase", "--include=python3,python3-flask", "bookworm", part)
        part.rename(made)
    return made


def service_image(room: Path) -> Path:
    """An OCI layout that umoci made in the steps of a usual Dockerfile; the image is called `app`."""
    layout, bundle = room / "layout", room / "bundle"
    run("umoci", "init", "--layout", layout)
    image = f"{layout}:app"
    run("umoci", "new", "--image", image)
    run("umoci", "raw", "add-layer", "--image", image, "--history.created_by", "FROM debian", debian())
    run("umoci", "unpack", "--image", image, bundle)
    root = bundle / "rootfs"
    for instruction, step in (
        ("RUN apt-get update", _apt_update),
        ("COPY . /app", _copy_application),
        ("RUN rm -rf /var/lib/apt/lists/*", _remove_lists),
        ("RUN chown -R 1000:1000 /app", _give_away),
    ):
        step(root)
        run("umoci", "repack", "--refresh-bundle", "--history.created_by", instruction, "--image", image, bundle)
    command = ("--config.cmd", "python3", "--config.cmd", "/app/service.py")
    run("umoci", "config", "--image", image, *command, "--config.workingdir", "/app", "--config.user", "1000:1000")
    shutil.rmtree(bundle)
    return layout


def docker_archive(layout: Path, out: Path) -> Path:
    """The image of the layout as `docker save` has it."""
    run("skopeo", "copy", "--insecure-policy", f"oci:{layout}:app", f"docker-archive:{out}:app:latest")
    return out


def _apt_update(root: Path) -> None:
    lists = root / "var/lib/apt/lists"
    for number in range(4):
        name = f"deb.debian.org_debian_dists_bookworm_{number}_binary-amd64_Packages"
        text = "".join(f"Package: package-{number}-{place}\nVersion: 1.{place}\n\n" for place in range(60_000))
        (lists / name).write_text(text)


def _copy_application(root: Path) -> None:
    app = root / "app"
    app.mkdir()
    (app / "service.py").write_text(SERVICE)
    (app / "requirements.txt").write_text("flask\n")
    (app / "server.log").write_text("GET / 200\n" * 300_000)
    (app / "tests").mkdir()
    (app / "tests" / "test_service.py").write_text("def test_nothing():\n    assert True\n")
    git = ("git", "-c", "user.name=someone", "-c", "user.email=someone@example.org")
    run("git", "init", "-q", app)
    run(*git, "add", "-A", cwd=app)
    run(*git, "commit", "-q", "-m", "all of it", cwd=app)
    run(sys.executable, "-m", "compileall", "-q", app)


def _remove_lists(root: Path) -> None:
    lists = root / "var/lib/apt/lists"
    shutil.rmtree(lists)
    lists.mkdir()


def _give_away(root: Path) -> None:
    run("chown", "-R", "1000:1000", root / "app")


def layered_oracle(layers: Sequence[Sequence[tuple[str, int]]]) -> tuple[int, int]:
    """Bytes of what is seen and of what is hidden, worked out from names alone: (name, size) of each layer's files."""
    seen: dict[str, int] = {}
    hidden = 0
    for layer in layers:
        gone = [PurePosixPath(name) for name, _ in layer if PurePosixPath(name).name.startswith(".wh.")]
        for mark in gone:
            target = str(mark.parent / mark.name.removeprefix(".wh."))
            for path in [path for path in seen if path == target or path.startswith(target + "/")]:
                hidden += seen.pop(path)
        for name, size in layer:
            if PurePosixPath(name).name.startswith(".wh."):
                continue
            hidden += seen.pop(name, 0)
            seen[name] = size
    return sum(seen.values()), hidden
