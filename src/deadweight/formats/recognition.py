"""What a path is, told from its content."""

from __future__ import annotations

import os
from pathlib import Path

from deadweight.codecs.detection import HEAD_BYTES, detect
from deadweight.core.errors import Lacking, Refused, Unknown, UsageError
from deadweight.core.plugins import found, named
from deadweight.core.seams import Format


def formats() -> tuple[Format, ...]:
    """All formats, ours and those of third parties, in the order in which they are tried."""
    every = named(found("deadweight.formats", "FORMAT", Format)).values()
    return tuple(sorted(every, key=lambda one: (one.rank, one.name)))


def format_named(name: str) -> Format:
    """The format of this name; raises UsageError with all names for another."""
    known = {one.name: one for one in formats()}
    if name not in known:
        raise UsageError(f"there is no format {name!r}", advice=f"There are: {', '.join(sorted(known))}.")
    return known[name]


def recognise(path: Path) -> Format:
    """The format of what lies at the path, the most special one that fits.

    Raises UsageError where nothing lies there, Lacking where it may not be read, Unknown where no format fits.
    """
    if not os.path.lexists(path):
        raise UsageError("there is nothing at this path", where=str(path), advice="Check the spelling.")
    if not os.path.exists(path):  # noqa: PTH110  # Path.exists() raises for a loop
        raise Unknown("it is a symbolic link that leads nowhere", where=str(path), advice="Name what it should mean.")
    try:
        for one in formats():
            if one.recognise(path):
                return one
    except PermissionError as error:
        raise Lacking(f"it may not be read: {error.strerror}", where=str(path)) from error
    _refuse_damaged(path)
    known = "; ".join(one.summary for one in formats())
    raise Unknown("it is nothing that deadweight reads", where=str(path), advice=f"It reads: {known}.")


def _refuse_damaged(path: Path) -> None:
    """Say so where it starts as a compression and nothing, or not even that much, comes out of it."""
    if not path.is_file():
        return
    with path.open("rb") as stream:
        codec = detect(stream.read(HEAD_BYTES))
        stream.seek(0)
        try:
            codec.reader(stream).read(HEAD_BYTES)
        except Refused as fault:
            raise type(fault)(f"as {codec.name}: {fault.what}", where=str(path), advice=fault.advice) from fault
