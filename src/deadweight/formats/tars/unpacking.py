"""Packed layers unpacked to nameless files, by processes beside this one, and read while they grow."""

from __future__ import annotations

import os
import select
import subprocess
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from deadweight.formats.byte_range import ByteRange, Rewound, Tape
from deadweight.formats.nameless import folder_for_large_files, has_room, nameless_file
from deadweight.formats.side_process import framed, started

WHOLE = b"."
"""What is told of a layer that is unpacked to its end."""
_PIECE = 1 << 20
_AT_ONCE = 2
_MODULE = "deadweight.formats.tars.unpacker"
_SOON = 5
"""Milliseconds until a reader who waits looks again how far the file has grown."""


class Job(msgspec.Struct, array_like=True):
    """The layer, `length` bytes from `start` on of a file, what packs it, and the descriptors for it and to tell."""

    path: bytes
    start: int
    length: int
    codec: str
    file: int
    telling: int


class Jobs(msgspec.Struct, array_like=True):
    """The layers of one process, and the folder of the disk that they are written to."""

    folder: bytes
    layers: list[Job]


@dataclass(slots=True, weakref_slot=True)
class Unpacked:
    """One layer in a nameless file, which goes with it.

    `heard` is the end of a pipe: as long as another end is open more may come, and WHOLE lies in it (never read, for
    other processes look as well) once all has come. There is none for a layer that was whole from the start.
    """

    file: int
    heard: int | None = None

    def __post_init__(self) -> None:
        weakref.finalize(self, os.close, self.file)

    def listen(self) -> int:
        """The other end of the pipe, for who tells when all has come; whoever asked closes it."""
        self.heard, telling = os.pipe()
        weakref.finalize(self, os.close, self.heard)
        return telling

    def wait(self, milliseconds: int) -> tuple[bool, bool]:
        """Whether nothing more comes, or not within the time, and whether all has come."""
        if self.heard is None:
            return True, True
        looking = select.poll()
        looking.register(self.heard, select.POLLIN)
        events = sum(event for _, event in looking.poll(milliseconds))
        return bool(events), bool(events & select.POLLIN)


class GrowingTape(Tape):
    """An unpacked layer, read as far as it is there, waited for where it is not.

    Where it never comes whole the layer is unpacked again by whoever reads, as far as that goes: `again` opens it. So
    a disk that is full only takes time, and damage is told by who reads it.
    """

    def __init__(self, unpacked: Unpacked, again: Callable[[], BinaryIO]) -> None:
        # The file has no name, and a duplicate of its descriptor would share its position.
        super().__init__(Path(f"/proc/self/fd/{unpacked.file}"))
        self._source = unpacked
        self._again = Rewound(again)

    def read_at(self, position: int, size: int) -> bytes:
        """Up to so many bytes from there on, none only at the end."""
        piece = super().read_at(position, size)
        over = whole = False
        while len(piece) < size and not over:
            over, whole = self._source.wait(_SOON)
            piece = super().read_at(position, size)
        return piece if whole or len(piece) == size else self._again.read_at(position, size)


def unpack_beside(
    layers: Mapping[int, tuple[ByteRange, str]], over: Callable[[Sequence[subprocess.Popen[bytes]]], None]
) -> dict[int, Unpacked]:
    """The layers, given with where each lies and what packs it, in nameless files that processes begin to write.

    `over` is given the processes, to end them when nobody reads any more. Raises OSError where there is no room for
    nameless files or no process starts.
    """
    folder = folder_for_large_files()
    found: dict[int, Unpacked] = {}
    jobs: list[Job] = []
    try:
        for layer, (place, codec) in layers.items():
            found[layer] = kept = Unpacked(nameless_file(folder))
            jobs.append(Job(bytes(place.path), place.start, place.length, codec, kept.file, kept.listen()))
        over([_begun(jobs[turn::_AT_ONCE], folder) for turn in range(min(_AT_ONCE, len(jobs)))])
    finally:
        for job in jobs:
            os.close(job.telling)
    return found


def _begun(jobs: list[Job], folder: str) -> subprocess.Popen[bytes]:
    process = started(
        _MODULE,
        telling=subprocess.DEVNULL,
        descriptors=[descriptor for job in jobs for descriptor in (job.file, job.telling)],
    )
    with suppress(BrokenPipeError), cast(BinaryIO, process.stdin) as asking:  # one that fell over: its readers do it
        asking.write(framed(Jobs(os.fsencode(folder), jobs)))
    return process


def unpacked_here(unpacked: BinaryIO) -> Unpacked | None:
    """The layer that the stream gives, whole; None where the disk has no room to spare for it.

    Raises Corrupt for one that does not unpack, and OSError.
    """
    folder = folder_for_large_files()
    kept = Unpacked(nameless_file(folder))
    return kept if written(unpacked, kept.file, folder) else None


def written(unpacked: BinaryIO, file: int, folder: str) -> bool:
    """Write all that the stream gives; tells whether there was room for it."""
    while piece := unpacked.read(_PIECE):
        if not has_room(folder):
            return False
        view = memoryview(piece)
        while view:
            view = view[os.write(file, view) :]
    return True
