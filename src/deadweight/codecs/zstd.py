"""Zstandard (RFC 8878), read over all of its frames, skippable ones included."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.core.seams import Codec

_FRAME = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = tuple(bytes([number]) + b"\x2a\x4d\x18" for number in range(0x50, 0x60))


def library() -> ModuleType:
    """The standard library's zstd, or what stands in for it before Python 3.14."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _reader(stream: BinaryIO) -> BinaryIO:
    zstd = library()
    return unpacking(stream, zstd.ZstdDecompressor, zstd.ZstdError)


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    """Each frame carries a checksum, so damage is seen when it is read."""
    zstd = library()
    options = {zstd.CompressionParameter.compression_level: level, zstd.CompressionParameter.checksum_flag: 1}
    return cast(BinaryIO, zstd.ZstdFile(stream, "wb", options=options))


CODEC: Codec = Codec(name="zstd", magic=(_FRAME, *_SKIPPABLE), reader=_reader, writer=_writer, suffix="+zstd", level=3)
