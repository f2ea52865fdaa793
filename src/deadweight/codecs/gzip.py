"""gzip (RFC 1952), read over all of its members."""

from __future__ import annotations

import gzip
import zlib
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.core.seams import Codec

_WITH_GZIP_HEADER = 31


class _Member:
    """zlib's decompressor with the manners of the others."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(_WITH_GZIP_HEADER)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _reader(stream: BinaryIO) -> BinaryIO:
    return unpacking(stream, _Member, zlib.error)


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    """No name and no time in the header: the same bytes for the same content."""
    return cast(BinaryIO, gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=stream, mtime=0))


CODEC: Codec = Codec(name="gzip", magic=(b"\x1f\x8b\x08",), reader=_reader, writer=_writer, suffix="+gzip", level=6)
