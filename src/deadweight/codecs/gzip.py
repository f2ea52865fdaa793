"""gzip (RFC 1952), read over all of its members."""

from __future__ import annotations

import gzip
import zlib
from functools import partial
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.codecs.deflate import Inflater
from deadweight.core.seams import Codec

_WITH_GZIP_HEADER = 31


def _reader(stream: BinaryIO) -> BinaryIO:
    return unpacking(stream, partial(Inflater, _WITH_GZIP_HEADER), zlib.error)


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    """No name and no time in the header: the same bytes for the same content."""
    return cast(BinaryIO, gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=stream, mtime=0))


CODEC: Codec = Codec(
    name="gzip",
    magic=(b"\x1f\x8b\x08",),
    reader=_reader,
    writer=_writer,
    suffix="+gzip",
    level=6,
    highest=9,
)
