"""No compression: bytes as they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from deadweight.core.seams import Codec

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _LeftOpen(io.RawIOBase):
    """Writes through, and closes without closing what it writes to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, piece: ReadableBuffer) -> int:
        return self._stream.write(piece)


def _reader(stream: BinaryIO) -> BinaryIO:
    return stream


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    return cast(BinaryIO, _LeftOpen(stream))


CODEC: Codec = Codec(name="store", magic=(), reader=_reader, writer=_writer, suffix="", level=0)
