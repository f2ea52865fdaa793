"""Projects of files that a test writes, and what they declare and lock in short."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from deadweight.core.requirement import Declarations, Lock, Pinned
from deadweight.requirements.declarations import declarations


def project_of(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder with the files in it, by path; a text loses the indent that its lines share."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
    return folder


def stated_in(folder: Path, files: Mapping[str, str | bytes]) -> Declarations:
    """What a project of the files declares."""
    return declarations(project_of(folder, files))


def lines_of(stated: Declarations) -> list[str]:
    """Each requirement as `role group: requirement @ place`, constraints with a `<=` before them."""
    return [
        f"{'<=' if one.is_constraint else ''}{one.role}{' ' + one.group if one.group else ''}:"
        f" {one.requirement} @ {one.place.path}:{one.place.line}"
        for one in stated.items
    ]


def asked_of(stated: Declarations) -> list[str]:
    """Each requirement as `role: requirement`, without its place."""
    return [f"{one.role}: {one.requirement}" for one in stated.items]


def pins_of(lock: Lock) -> dict[str, Pinned]:
    """The pins by name."""
    return {pin.name: pin for pin in lock.pins}
