"""What ld.so.cache tells the loader: which path each library's name stands for (glibc, elf/dl-cache.h)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from deadweight.core.errors import Corrupt

_MAGIC = b"glibc-ld.so.cache1.1"
_HEAD = struct.Struct("<20sIIB3xI12x")
_ENTRY = struct.Struct("<iIIIQ")


def cached_libraries(body: bytes) -> tuple[tuple[str, str], ...]:
    """The (name, absolute path) of each library in the cache, in its order; raises Corrupt where it is none.

    A cache that begins in the form before glibc 2.2 has the one that is read behind it. Only those of little-endian
    systems are read.
    """
    start = body.find(_MAGIC)
    if start < 0 or len(body) < start + _HEAD.size:
        raise Corrupt("it is no cache of glibc's loader")
    _, count, *_ = _HEAD.unpack_from(body, start)
    end = start + _HEAD.size + count * _ENTRY.size
    if end > len(body):
        raise Corrupt("the cache of the loader is cut short")
    return tuple(_entries(body[start:], count))


def _entries(cache: bytes, count: int) -> Iterator[tuple[str, str]]:
    for _, name, path, _, _ in _ENTRY.iter_unpack(cache[_HEAD.size : _HEAD.size + count * _ENTRY.size]):
        yield _text(cache, name), _text(cache, path)


def _text(cache: bytes, place: int) -> str:
    end = cache.find(b"\0", place)
    if end < 0:
        raise Corrupt("a name in the cache of the loader has no end")
    return cache[place:end].decode("utf-8", "surrogateescape")
