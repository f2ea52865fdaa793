"""Fetches one wheel through pip, from wherever pip is configured to look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from deadweight.core.errors import Lacking

TIMEOUT = 3600.0
_TOLD = 400
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Target:
    """What the wheel is for: a version of CPython ("3.12"), and platform tags, the best first."""

    python: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A wheel that was fetched, and its SHA-256 in hex."""

    wheel: Path
    digest: str


def fetched(requirements: Sequence[str], target: Target, folder: Path, pip: Sequence[str] | None = None) -> Fetched:
    """The wheel of the first requirement that there is one for, in an existing empty folder; no dependency is fetched.

    Raises Lacking where pip is missing, or finds none of them.
    """
    client = pip or pip_command()
    said = ""
    for requirement in requirements:
        ran = _ran((*client, *_words(requirement, target, folder)))
        wheel = next(iter(folder.glob("*.whl")), None)
        if ran.returncode == 0 and wheel is not None:
            return Fetched(wheel, _digest(wheel))
        said = _last_line(ran.stderr) or said
    raise Lacking(
        f"no wheel of {' or '.join(requirements)} for Python {target.python} can be fetched: {said[:_TOLD]}",
        where="swap",
        advice="Say where it lies (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS), or another version: --swap A=B==1.2.",
    )


def pip_command() -> tuple[str, ...]:
    """The words that run pip: of this Python, else of the path, else uv's; raises Lacking where there is none."""
    if find_spec("pip") is not None:
        return sys.executable, "-m", "pip"
    for name, more in (("pip", ()), ("pip3", ()), ("uv", ("tool", "run", "pip"))):
        found = shutil.which(name)
        if found is not None:
            return found, *more
    raise Lacking(
        "there is no pip to fetch a wheel with", where="swap", advice="Install pip or uv, or leave --swap out."
    )


def _words(requirement: str, target: Target, folder: Path) -> Sequence[str]:
    platforms = [word for platform in target.platforms for word in ("--platform", platform)]
    wanted = ["--implementation", "cp", "--python-version", target.python, "--only-binary", ":all:"]
    return ["download", "--quiet", "--no-deps", "--dest", str(folder), *wanted, *platforms, "--", requirement]


def _ran(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Lacking(
            "fetching a wheel took too long", where="swap", advice="See whether the index answers."
        ) from error


def _last_line(text: str) -> str:
    errors = [line.removeprefix("ERROR: ") for line in text.splitlines() if line.startswith("ERROR")]
    return errors[0] if errors else ""


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
