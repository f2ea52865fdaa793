"""xz, read over all of its streams."""

from __future__ import annotations

import lzma
from typing import BinaryIO, cast

from deadweight.codecs.decompression import unpacking
from deadweight.core.seams import Codec

_MEMORY = 256 << 20
"""Bytes that unpacking may take: `xz -9` asks for 65 MiB."""


def _stream() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)


def _reader(stream: BinaryIO) -> BinaryIO:
    return unpacking(stream, _stream, lzma.LZMAError)


def _writer(stream: BinaryIO, level: int) -> BinaryIO:
    return cast(BinaryIO, lzma.LZMAFile(stream, "wb", preset=level))


CODEC: Codec = Codec(
    name="xz",
    magic=(b"\xfd7zXZ\0",),
    reader=_reader,
    writer=_writer,
    suffix="",
    level=6,
    highest=9,
)
