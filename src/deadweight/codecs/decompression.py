"""A compressed stream read as the unpacked one, over every member of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol

from deadweight.core.errors import Corrupt

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RAW_BYTES = 256 << 10
"""How much is read of the compressed stream at a time: its position is how far unpacking has come, to this grain."""


class Decompressor(Protocol):
    """What bz2, lzma and zstd share: unpacks one member, never more than asked for at a time."""

    @property
    def eof(self) -> bool:
        """Whether the member is over."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more going in."""

    @property
    def unused_data(self) -> bytes:
        """What came after the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of what the data unpacks to."""


def unpacking(stream: BinaryIO, start: Callable[[], Decompressor], error: type[Exception]) -> BinaryIO:
    """The unpacked stream; `start` makes the decompressor of one member, `error` is what it raises for damage."""
    return io.BufferedReader(_Unpacking(stream, start, error), RAW_BYTES)


class _Unpacking(io.RawIOBase):
    def __init__(self, stream: BinaryIO, start: Callable[[], Decompressor], error: type[Exception]) -> None:
        self._stream = stream
        self._start = start
        self._error = error
        self._member = start()
        self._began = False
        self._waiting = b""
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._next(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def _next(self, size: int) -> bytes:
        while not self._over and size:
            data = self._input()
            if self._over:
                break
            piece = self._unpack(data, size)
            if self._member.eof:
                self._waiting = self._member.unused_data
                self._member, self._began = self._start(), False
                self._skip_padding()
            if piece:
                return piece
        return b""

    def _input(self) -> bytes:
        if self._began and not self._member.needs_input:
            return b""
        data = self._waiting or self._stream.read(RAW_BYTES)
        self._waiting = b""
        if not data:
            raise Corrupt("the compressed stream ends before its end mark", advice="Fetch or build it again.")
        self._began = True
        return data

    def _unpack(self, data: bytes, size: int) -> bytes:
        try:
            return self._member.decompress(data, size)
        except self._error as error:
            raise Corrupt(f"the compressed stream is damaged: {error}", advice="Fetch or build it again.") from error

    def _skip_padding(self) -> None:
        """Zeros may follow a member, and another member may follow them."""
        self._waiting = self._waiting.lstrip(b"\0")
        while not self._waiting:
            more = self._stream.read(RAW_BYTES)
            if not more:
                self._over = True
                return
            self._waiting = more.lstrip(b"\0")
