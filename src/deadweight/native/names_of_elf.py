"""The names in an ELF file, code told from all else: no call's name stands in code, and code is most of a library."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from deadweight.native.elf import EXECUTABLE_CODE, ElfLayout
from deadweight.native.names_within import names_within


def names_of_elf(stream: BinaryIO, layout: ElfLayout | None, size: int) -> frozenset[str]:
    """The names in an ELF file of `size` bytes in a stream that seeks.

    Compilers put up to eight bytes of a text into an instruction (`/bin/sh` and the zero behind it), and all that CALLS
    has is longer.
    """
    found: set[str] = set()
    for start, end, is_code in stretches(layout, size):
        stream.seek(start)
        found |= names_within(cast(BinaryIO, _Stretch(stream, end - start)), calls=not is_code)
    return frozenset(found)


def stretches(layout: ElfLayout | None, size: int) -> Iterator[tuple[int, int, bool]]:
    """Where each stretch begins and ends and whether it is code: tables and what is appended are none."""
    sections = layout.sections if layout else ()
    code = sorted((one.offset, one.end) for one in sections if one.flags & EXECUTABLE_CODE and one.is_stored)
    at = 0
    for begin, end in (*code, (size, size)):
        if begin > at:
            yield at, begin, False
        if end > (at := max(at, begin)):
            yield at, end, True
            at = end


class _Stretch(io.RawIOBase):
    """So many bytes of a stream, from where it stands."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream = stream
        self._left = left

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        piece = self._stream.read(wanted)
        self._left -= len(piece)
        return piece
