"""Which format a path is in, told by its content."""

from __future__ import annotations

import os
from pathlib import Path

from deadweight.core.errors import Unknown, UsageError
from deadweight.core.plugins import found, named
from deadweight.core.seams import Format


def formats() -> tuple[Format, ...]:
    """All formats, ours and those of third parties, the most special first."""
    every = named(found("deadweight.formats", "FORMAT", Format)).values()
    return tuple(sorted(every, key=lambda one: (one.rank, one.name)))


def recognise(path: Path) -> Format:
    """The format of what lies at the path. Raises UsageError for nothing there, Unknown for nothing that we read."""
    if not os.path.lexists(path):
        raise UsageError("nothing is there", where=str(path), advice="Check the path; nothing is fetched by name.")
    every = formats()
    for one in every:
        if one.recognise(path):
            return one
    names = ", ".join(one.name for one in every)
    raise Unknown("nothing in it tells what it is", where=str(path), advice=f"deadweight reads: {names}.")


def format_named(name: str) -> Format:
    """The format of that name, else UsageError."""
    for one in formats():
        if one.name == name:
            return one
    names = ", ".join(one.name for one in formats())
    raise UsageError(f"there is no format {name!r}", advice=f"Formats: {names}.")
