"""The ordinary files of a tar, as nine members in ten are: read without a word on what the tenth can be."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from zlib import adler32

from deadweight.core.paths import plain
from deadweight.formats.tars.header import BLOCK, USTAR, padded, prefixed, rights_of, time_of

_FIELDS = struct.Struct("100s24s12s12s8sc100x8s80x155s12x")
_MARK = b".wh."


class OrdinaryFile(NamedTuple):
    """A file that lies whole in a chunk: its plain path, mode, user and group, size, time, where its body begins."""

    path: str
    rights: tuple[int, int, int]
    size: int
    mtime: float
    body: int


def ordinary_files(chunk: bytes, at: int, where: str, depth: int) -> Iterator[OrdinaryFile]:
    """The files from the header at that place on, as long as each is plain and lies in the chunk with its padding.

    It ends before what is odd or wrong in any way, may be a whiteout or has that many components: that is for
    `headers` to judge.
    """
    while (found := _read(chunk, at)) is not None:
        name, rights, size, mtime = found
        body = at + BLOCK
        at = body + padded(size)
        if at > len(chunk) or _MARK in name:
            return
        path = plain(name.decode("utf-8", "surrogateescape"), where)
        if not path or path.count("/") >= depth:
            return
        yield OrdinaryFile(path, rights, size, mtime, body)


def _read(chunk: bytes, at: int) -> tuple[bytes, tuple[int, int, int], int, float] | None:
    if at + BLOCK > len(chunk):
        return None
    name, rights, declared, time, checksum, flag, magic, prefix = _FIELDS.unpack_from(chunk, at)
    size, stated = declared[:11], checksum[:6]
    if flag != b"0" or declared[11] not in b"\0 " or not size.isdigit() or not stated.isdigit():
        return None
    # The low half of an Adler sum is the sum of the bytes: of the whole block, less that of the field itself.
    counted = (adler32(chunk[at : at + BLOCK]) & 0xFFFF) - (adler32(checksum) & 0xFFFF) + 8 * 0x20
    try:
        if counted != int(stated, 8):
            return None
        facts = rights_of(rights), int(size, 8), _seconds(time)
    except ValueError:
        return None
    if prefix[0] and magic == USTAR:
        name = prefixed(name, prefix, chunk[at : at + BLOCK])
    return (name.partition(b"\0")[0], *facts)


@lru_cache(4096)
def _seconds(field: bytes) -> float:
    """The time, one number for all files that have it."""
    return float(time_of(field))
