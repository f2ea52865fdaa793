"""The bytes of a tar, forward: in chunks where all are wanted, by seeking where only headers are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import Limits

CHUNK = 1 << 20


class Feed(Protocol):
    """Bytes that are taken or passed over, forward only; `position` counts both."""

    @property
    def position(self) -> int:
        """The place of the next byte."""

    def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""

    def skip(self, size: int) -> None:
        """Pass over so many; raises Corrupt where there are fewer."""

    def skip_padding(self, end: int) -> None:
        """Pass over what lies before that place; less at the end of an archive that lacks its padding (umoci)."""


def truncated(where: str, at: int) -> Corrupt:
    """The error for an archive that ends too early."""
    return Corrupt(f"the archive ends in the middle, at byte {at}", where=where, advice="Fetch or build it again.")


class SeekFeed:
    """A seekable stream from where it stands: bodies that nobody takes are never read.

    Others may move the stream between two calls.
    """

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._stream = stream
        self._where = where
        self._origin = stream.tell()
        self._size = stream.seek(0, os.SEEK_END) - self._origin
        self._position = 0

    @property
    def position(self) -> int:
        """The place of the next byte."""
        return self._position

    def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        self._stream.seek(self._origin + self._position)
        piece = self._stream.read(size)
        self._position += len(piece)
        return piece

    def skip(self, size: int) -> None:
        """Pass over so many; raises Corrupt where there are fewer."""
        self._position += size
        if self._position > self._size:
            raise truncated(self._where, self._size)

    def skip_padding(self, end: int) -> None:
        """Pass over what lies before that place, as far as it is there."""
        self._position = min(end, self._size)


class ChunkFeed:
    """A stream of which every byte is read once, in chunks.

    `came_from` tells how many stored bytes were read so far, None where nothing is packed. Bytes that come out
    beyond the limits raise Hostile.
    """

    def __init__(
        self,
        stream: BinaryIO,
        where: str,
        limits: Limits,
        came_from: Callable[[], int] | None = None,
    ) -> None:
        self._read = stream.read
        self._where = where
        self._limits = limits
        self._came_from = came_from
        self._chunk = b""
        self._at = 0
        self._base = 0
        self._stored = (0, 0)

    @property
    def position(self) -> int:
        """The place of the next byte."""
        return self._base + self._at

    @property
    def chunk(self) -> tuple[bytes, int]:
        """The chunk that it stands in, and where in it."""
        return self._chunk, self._at

    @property
    def chunk_cost(self) -> tuple[int, int]:
        """The stored bytes before the chunk, and those of the chunk."""
        if self._came_from is None:
            return self._base, len(self._chunk)
        before, after = self._stored
        return before, after - before

    def move_to(self, at: int) -> None:
        """Go forward to that place in the chunk."""
        self._at = at

    @property
    def stored(self) -> int:
        """The stored bytes up to the position; within a chunk in proportion, so it only ever grows."""
        before, cost = self.chunk_cost
        return before + cost * self._at // max(1, len(self._chunk))

    def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        at = self._at
        if at + size <= len(self._chunk):
            self._at = at + size
            return self._chunk[at : at + size]
        return b"".join(self.pieces(size))

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The next bytes as they lie in chunks, fewer only at the end."""
        while size > 0 and (self._at < len(self._chunk) or self._fill()):
            piece = memoryview(self._chunk)[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    def skip(self, size: int) -> None:
        """Pass over so many; raises Corrupt where there are fewer."""
        if self._at + size <= len(self._chunk):
            self._at += size
            return
        end = self.position + size
        for _ in self.pieces(size):
            pass
        if self.position != end:
            raise truncated(self._where, self.position)

    def skip_padding(self, end: int) -> None:
        """Pass over what lies before that place, as far as it is there."""
        if end - self._base <= len(self._chunk):
            self._at = end - self._base
            return
        for _ in self.pieces(end - self.position):
            pass

    def drain(self) -> bool:
        """Read to the end; gives whether anything but zeros was left."""
        left = False
        while self._at < len(self._chunk) or self._fill():
            left = left or bool(self._chunk[self._at :].strip(b"\0"))
            self._at = len(self._chunk)
        return left

    def _fill(self) -> bool:
        chunk = self._read(CHUNK)
        if self._came_from is not None:
            self._stored = (self._stored[1], self._came_from())
        self._base += len(self._chunk)
        self._chunk, self._at = chunk, 0
        if chunk:
            self._check(self._base + len(chunk))
        return bool(chunk)

    def _check(self, unpacked: int) -> None:
        limits, stored = self._limits, self._stored[1]
        if unpacked > limits.unpacked:
            raise Hostile(f"more than {limits.unpacked} bytes come out of it", where=self._where)
        if self._came_from is not None and unpacked > limits.ratio_from and unpacked > stored * limits.ratio:
            raise Hostile(
                f"{stored} bytes unpack to more than {unpacked}: a decompression bomb",
                where=self._where,
                advice=f"More than {limits.ratio} times its size is not opened.",
            )
