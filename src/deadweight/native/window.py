"""Pieces of a stream that is read forward only, with a short memory of what went past."""

from __future__ import annotations

import os
from typing import BinaryIO

MEMORY = 1 << 20
_FURTHEST = (1 << 63) - 1


class Window:
    """Pieces of a stream by their offset from where it stands now."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._seeks = stream.seekable()
        self._start = stream.tell() if self._seeks else 0
        self._position = 0
        self._recent = b""

    def at(self, offset: int, length: int) -> bytes:
        """The piece, shorter where the stream ends; empty where it went past and is not remembered."""
        if self._start + offset > _FURTHEST:
            return b""
        if self._seeks:
            self._stream.seek(self._start + offset, os.SEEK_SET)
            return _read(self._stream, length)
        self._pass(offset + length, max(MEMORY, length))
        start = offset - (self._position - len(self._recent))
        return self._recent[start : start + length] if start >= 0 else b""

    def _pass(self, offset: int, keep: int) -> None:
        """Go on to the offset and remember the last bytes."""
        while self._position < offset:
            piece = self._stream.read(min(MEMORY, offset - self._position))
            if not piece:
                return
            self._position += len(piece)
            self._recent = (self._recent + piece)[-keep:]


def _read(stream: BinaryIO, length: int) -> bytes:
    pieces = []
    while length > 0 and (piece := stream.read(min(length, MEMORY))):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
