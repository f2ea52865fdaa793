"""Folders of wheels that uv resolves from, without a network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from builders.wheels import wheel_file
from deadweight.requirements.resolving.resolution import Demand
from deadweight.requirements.uv import Uv, find_uv

Releases = Mapping[str, Sequence[str]]
"""`name==version` to what it requires."""


def index_of(folder: Path, releases: Releases) -> Path:
    """A folder with a wheel for each release."""
    folder.mkdir(parents=True, exist_ok=True)
    for release, requires in releases.items():
        name, _, version = release.partition("==")
        wheel_file(folder, name, version, requires=requires)
    return folder


def offline_uv(room: Path) -> Uv:
    """uv with a memory of its own in the room, so that nothing of this machine's counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    return find_uv({**kept, "UV_CACHE_DIR": str(room / "uv-cache"), "UV_NO_CONFIG": "1"})


def links(index: Path) -> tuple[str, ...]:
    """The options that have uv look nowhere else."""
    return ("--offline", "--no-index", "--find-links", str(index))


def demand(index: Path, *requirements: str, **preferred: str) -> Demand:
    """Requirements asked of the folder alone."""
    return Demand(requirements, index.parent, preferred=preferred, options=links(index))
