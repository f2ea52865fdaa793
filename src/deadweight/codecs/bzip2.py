"""bzip2, read over all of its streams."""

from __future__ import annotations

import bz2
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.core.seams import Codec


def _reader(stream: BinaryIO) -> BinaryIO:
    return unpacking(stream, bz2.BZ2Decompressor, OSError)


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    return cast(BinaryIO, bz2.BZ2File(stream, "wb", compresslevel=level))


CODEC: Codec = Codec(name="bzip2", magic=(b"BZh",), reader=_reader, writer=_writer, suffix="", level=9, highest=9)
