"""The body of a sparse file: its stored pieces with the holes between them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from deadweight.formats.tars.sparse_maps import Regions

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HOLE = bytes(1 << 20)
_BUFFER = 1 << 16


def expanded(data: Callable[[int], Iterator[memoryview]], regions: Regions, size: int) -> Iterator[memoryview]:
    """The body of `size` bytes in pieces; `data` gives the next so many stored bytes."""
    at = 0
    for offset, length in regions:
        yield from _hole(offset - at)
        yield from data(length)
        at = offset + length
    yield from _hole(size - at)


def stream_of(pieces: Iterator[memoryview]) -> BinaryIO:
    """A stream of the pieces, each read of as many bytes as asked for."""
    return io.BufferedReader(_Pieces(pieces), _BUFFER)


def _hole(size: int) -> Iterator[memoryview]:
    while size > 0:
        yield memoryview(_HOLE)[:size]
        size -= len(_HOLE)


class _Pieces(io.RawIOBase):
    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._piece:
            following = next(self._pieces, None)
            if following is None:
                return 0
            self._piece = following
        taken = min(len(view), len(self._piece))
        view[:taken] = self._piece[:taken]
        self._piece = self._piece[taken:]
        return taken
