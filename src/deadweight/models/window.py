"""A file seen through a window: any stretch by its offset, never more than a block in memory."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from deadweight.core.errors import Corrupt

_BLOCK = 1 << 18
_LONGEST = 256 << 20


class Window:
    """`size` bytes that are read by offset; whatever lies outside raises Corrupt with the place."""

    def __init__(self, pread: Callable[[int, int], bytes], size: int, where: str) -> None:
        self._pread, self.size, self.where = pread, size, where
        self._block, self._start = b"", 0

    def read(self, offset: int, length: int) -> bytes:
        """The stretch, whole."""
        self.check(offset, length)
        at = offset - self._start
        if at >= 0 and at + length <= len(self._block):
            return self._block[at : at + length]
        if length > _BLOCK:
            return self._read(offset, length)
        self._block, self._start = self._read(offset, min(_BLOCK, self.size - offset)), offset
        return self._block[:length]

    def check(self, offset: int, length: int) -> None:
        """Raise Corrupt where the stretch reaches beyond the bytes, or is longer than any header is."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Corrupt(
                f"{length} bytes are declared at offset {offset}, and it ends at {self.size}",
                where=self.where,
                advice="It is truncated or damaged: fetch it again.",
            )

    def unpack(self, form: struct.Struct, offset: int) -> tuple[int, ...]:
        """The fields of a structure."""
        return form.unpack(self.read(offset, form.size))

    def _read(self, offset: int, length: int) -> bytes:
        if length > _LONGEST:
            raise Corrupt(f"{length} bytes are declared for one piece at offset {offset}", where=self.where)
        found = self._pread(offset, length)
        if len(found) != length:
            raise Corrupt("changed while it was read", where=self.where, advice="Stop what writes to it.")
        return found


def of_file(descriptor: int, where: str) -> Window:
    """An open file."""

    def pread(offset: int, length: int) -> bytes:
        pieces = []
        while length:
            piece = os.pread(descriptor, length, offset)
            if not piece:
                break
            pieces.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return b"".join(pieces)

    return Window(pread, os.fstat(descriptor).st_size, where)


def of_bytes(body: bytes, where: str) -> Window:
    """Bytes in memory."""
    return Window(lambda offset, length: body[offset : offset + length], len(body), where)


def part_of(whole: Window, start: int, length: int, where: str) -> Window:
    """A stretch of another window, as one of its own."""
    whole.check(start, length)
    return Window(lambda offset, size: whole.read(start + offset, size), length, where)


class Cursor:
    """Reads a window forward."""

    def __init__(self, window: Window, at: int = 0) -> None:
        self.window, self.at = window, at

    def take(self, length: int) -> bytes:
        """The next bytes."""
        found = self.window.read(self.at, length)
        self.at += length
        return found

    def skip(self, length: int) -> int:
        """Pass over so many bytes; gives where they start."""
        start = self.at
        self.window.check(start, length)
        self.at += length
        return start

    def number(self, length: int, *, signed: bool = False) -> int:
        """A little-endian integer of so many bytes."""
        return int.from_bytes(self.take(length), "little", signed=signed)

    def line(self, most: int = 1 << 20) -> bytes:
        """The bytes up to the next newline, which is passed over."""
        found = b""
        while b"\n" not in found:
            left = min(256, self.window.size - self.at - len(found))
            if left <= 0 or len(found) > most:
                raise Corrupt(f"a line at offset {self.at} has no end", where=self.window.where)
            found += self.window.read(self.at + len(found), left)
        line = found[: found.index(b"\n")]
        self.at += len(line) + 1
        return line


def first_bytes(path: Path, length: int = 64) -> bytes:
    """What the file starts with."""
    with path.open("rb") as stream:
        return stream.read(length)
