"""The names that stand as text in an extension module: what its C code imports is among them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.native.lzss import texts

_NAME = re.compile(rb"[A-Za-z_][\w.]{2,}")
_LONGEST = 60
_STRING_SECTIONS = (b".rodata", b".data", b".data.rel.ro", b".data.rel.local")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_LARGEST_TEXT = 4 << 20
_SMALLEST_TEXT = 64


@dataclass(frozen=True, slots=True)
class EmbeddedNames:
    """The names in an extension module; `joined` holds those that Cython stores as one text without ends between them.

    Since Cython 3.1 the strings of a module are one text, since 3.2 packed with zlib, since 3.3 in a way of its own.
    """

    names: frozenset[str]
    joined: str = ""

    def says(self, name: str) -> bool:
        """Whether the name stands there."""
        return name in self.names or (bool(self.joined) and name in self.joined)


def embedded_names(body: bytes) -> EmbeddedNames:
    """The names in the data of a 64-bit ELF file, in all of it where it has no sections."""
    found: set[bytes] = set()
    joined: list[bytes] = []
    cython = b"__pyx_" in body or b"_cython_" in body
    for part in _data(body):
        for name in _NAME.findall(part):
            (found.add if len(name) <= _LONGEST else joined.append)(name)
        if cython:
            joined += (*_unpacked(part), *texts(part))
    return EmbeddedNames(
        frozenset(name.decode("ascii", "ignore") for name in found), b"\n".join(joined).decode("utf-8", "replace")
    )


def _data(body: bytes) -> Iterator[bytes]:
    """The sections that hold constants: the code is two thirds of a library and holds no names."""
    sections = list(_sections(body))
    if not sections:
        yield body
    for name, offset, size in sections:
        if name in _STRING_SECTIONS or name.startswith(b".rodata"):
            yield body[offset : offset + size]


def _sections(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    if len(body) < 64 or body[4:6] != b"\x02\x01":
        return
    (table,) = struct.unpack_from("<Q", body, 40)
    size, count, names = struct.unpack_from("<HHH", body, 58)
    if not table or size < 64 or names >= count or table + size * count > len(body):
        return
    (start,) = struct.unpack_from("<Q", body, table + size * names + 24)
    for number in range(count):
        name, _, _, _, offset, length = struct.unpack_from("<IIQQQQ", body, table + size * number)
        end = body.find(b"\0", start + name)
        yield body[start + name : end], offset, length


def _unpacked(part: bytes) -> Iterator[bytes]:
    for match in _ZLIB.finditer(part):
        try:
            text = zlib.decompressobj().decompress(part[match.start() :], _LARGEST_TEXT)
        except zlib.error:
            continue
        if len(text) >= _SMALLEST_TEXT:
            yield text
