"""Coded planes one after the other in a body: the way of each, its length in four bytes, its bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deadweight.core.errors import Corrupt
from deadweight.models.planes import Way, uncoded

_PLANE = struct.Struct("<BI")


Piece = bytes | memoryview


def framed(way: Way, stored: Piece) -> Iterator[Piece]:
    """The plane with what says how it is coded and how long it is."""
    yield _PLANE.pack(way, len(stored))
    yield stored


@dataclass(slots=True)
class Body:
    """The bytes of a coded tensor, read from front to back; each raises Corrupt where they end too early."""

    whole: memoryview
    at: int = 0

    def plane(self, length: int) -> Piece:
        """The next plane, which has so many bytes when it is decoded."""
        way, stored = self.head(_PLANE)
        body = self.piece(stored)
        return body if way == Way.PLAIN and stored == length else uncoded(way, bytes(body), length)

    def head(self, form: struct.Struct) -> tuple[Any, ...]:
        """The next numbers, in that form."""
        return form.unpack(self.piece(form.size))

    def piece(self, length: int) -> memoryview:
        """The next bytes as they are."""
        if self.at + length > len(self.whole):
            raise Corrupt("a coded tensor ends within a plane")
        self.at += length
        return self.whole[self.at - length : self.at]
