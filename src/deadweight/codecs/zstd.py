"""Zstandard (RFC 8878), read over all of its frames, skippable ones included."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.core.errors import Corrupt
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


def of_literals(body: bytes | memoryview) -> bytes:
    """One frame in which all bytes stand for themselves, by Huffman codes: for what hardly repeats, as exponents do.

    The least table and the longest match that there is leave next to none to be found; blocks of 16 kB have a code
    table each. Measured on exponents of weights: 2.61 bits each where the entropy is 2.64, and 3.26 at level 3.
    """
    zstd = library()
    name = zstd.CompressionParameter
    options = {
        name.compression_level: 1,
        name.strategy: zstd.Strategy.fast,
        name.min_match: 7,
        name.hash_log: 6,
        name.window_log: 14,
        name.target_length: 0,
    }
    return bytes(zstd.compress(body, options=options))


def of_repeats(body: bytes | memoryview) -> bytes:
    """One frame at the default level."""
    return bytes(library().compress(body, CODEC.level))


def unpacked(body: bytes, size: int) -> bytes:
    """What comes out of a frame; raises Corrupt where it is not `size` bytes, and unpacks no more than that."""
    zstd = library()
    stream = zstd.ZstdDecompressor()
    try:
        out = bytes(stream.decompress(body, size + 1))
    except zstd.ZstdError as fault:
        raise Corrupt(f"it does not unpack: {fault}") from fault
    if len(out) != size or not stream.eof or stream.unused_data:
        raise Corrupt(f"it does not unpack to the {size} bytes that it says")
    return out


CODEC: Codec = Codec(
    name="zstd",
    magic=(_FRAME, *_SKIPPABLE),
    reader=_reader,
    writer=_writer,
    suffix="+zstd",
    level=3,
    highest=22,
)
