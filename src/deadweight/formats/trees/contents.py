"""The bodies of the files of a tree, and the check that they are what they were when it was opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Lacking
from deadweight.formats.trees.scoped import DIRECTORY
from deadweight.formats.trees.walk import open_quietly

Identity = tuple[int, int, int, int]
"""Device, inode, size and time of last change in nanoseconds: the same as long as nobody wrote to the file."""


def identity(status: os.stat_result) -> Identity:
    """What tells a file from another, and from itself after a change."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class TreeContents:
    """The bodies of a tree's files; holds no descriptor between two streams, so it may be used from any thread.

    `place` is (device, inode) of the root, `identities` those of each file by path.
    """

    root: Path
    place: tuple[int, int]
    identities: Mapping[str, Identity]

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """Give each wanted file's body in the order of paths, as an open file.

        Raises Corrupt where a file is not what it was, Lacking where it may not be read.
        """
        with opened_root(self.root, self.place) as root:
            for entry in sorted(wanted, key=_body_path):
                path = _body_path(entry)
                with self._body(root, path) as body:
                    yield entry, body

    @contextmanager
    def _body(self, root: int, path: str) -> Iterator[BinaryIO]:
        expected = self.identities.get(path)
        with open(open_file(root, path, str(self.root)), "rb") as body:
            check_unchanged(body.fileno(), expected, f"{self.root}/{path}")
            yield body
            check_unchanged(body.fileno(), expected, f"{self.root}/{path}")


@contextmanager
def opened_root(root: Path, place: tuple[int, int] | None = None) -> Iterator[int]:
    """The descriptor of the tree's root for as long as needed; Corrupt where another directory took its `place`."""
    try:
        opened = os.open(root, DIRECTORY)
    except OSError as error:
        raise Corrupt(f"the directory cannot be opened: {error.strerror}", where=str(root)) from error
    try:
        status = os.fstat(opened)
        if place is not None and (status.st_dev, status.st_ino) != place:
            raise _changed(str(root))
        yield opened
    finally:
        os.close(opened)


def open_file(root: int, path: str, where: str) -> int:
    """The descriptor of a file below the root; never blocks on a fifo that took its place."""
    try:
        return open_quietly(root, path, os.O_RDONLY | os.O_NONBLOCK)
    except PermissionError as error:
        raise Lacking(
            "may not be read", where=f"{where}/{path}", advice="Run as a user who may read all of the tree."
        ) from error
    except OSError as error:
        raise _changed(f"{where}/{path}") from error


def check_unchanged(opened: int, expected: Identity | None, where: str) -> os.stat_result:
    """The status of an open file that is still the expected one, else raises Corrupt."""
    status = os.fstat(opened)
    if not stat.S_ISREG(status.st_mode) or identity(status) != expected:
        raise _changed(where)
    return status


def _changed(where: str) -> Corrupt:
    return Corrupt(
        "changed since it was first read", where=where, advice="Stop what writes to it, or work on a copy of the tree."
    )


def _body_path(entry: Entry) -> str:
    return entry.target if entry.kind is Kind.HARDLINK else entry.path
