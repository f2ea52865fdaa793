"""Text as Cython 3.3 and later pack the strings of a module: bytes as they are, and references back to earlier ones.

Nothing says where such a text begins or how long it is (both stand in code). It is found by what only it does: it
begins with plain characters, refers to nothing before itself, and reads as text.
Source: `Cython/LZSS.py` and `__pyx_lzss_decompress` in `Cython/Utility/StringTools.c`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_THREE = b"".join(re.escape(bytes([flags])) for flags in range(7, 256, 8))
_BEGINNING = re.compile(rb"[" + _THREE + rb"](?=[\t\n\x20-\x7e]{3})")
"""Flags that say of the next three bytes that they stand as they are: a reference is at least as long."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ALIGNED = 8
"""Where a compiler lets a long text begin, in bytes of its section."""
_SMALLEST = 48
_LARGEST = 4 << 20
_ALL_PLAIN = 0xFF
_ODD, _ODD_PART = 8, 20
"""Control characters that a text may hold: so many, and one in so many."""


def texts(part: bytes) -> Iterator[bytes]:
    """Every packed text in a section of constants, and now and then some of what is none."""
    end = 0
    for match in _BEGINNING.finditer(part):
        if match.start() % _ALIGNED or match.start() < end:
            continue
        text, after = _text(part, match.start())
        if len(text) >= _SMALLEST and not _CONTROL.search(text, 0, _SMALLEST):
            end = after
            yield text


def _text(part: bytes, at: int) -> tuple[bytes, int]:
    """What is unpacked from there until a reference leads out of it or it reads as no text any more, and where."""
    found, odd, end = bytearray(), 0, at
    while 0 <= at <= len(part) - 9 and len(found) < _LARGEST:
        before, end = len(found), at
        if part[at] == _ALL_PLAIN:
            found += part[at + 1 : at + 9]
            at += 9
        else:
            at = _group(part, at, found)
        odd += len(_CONTROL.findall(found, before))
        if odd > _ODD + len(found) // _ODD_PART:
            break
    return bytes(found), end


def _group(part: bytes, at: int, found: bytearray) -> int:
    """Unpack up to eight bytes or references, and say where the next eight begin; -1 where one of them can't be."""
    flags = part[at]
    at += 1
    for number in range(8):
        if at + 2 >= len(part):
            return -1
        if flags >> number & 1:
            found.append(part[at])
            at += 1
            continue
        back, length, at = _reference(part, at)
        start = len(found) - back - length
        if start < 0:
            return -1
        found += found[start : start + length]
    return at


def _reference(part: bytes, at: int) -> tuple[int, int, int]:
    """How far before the end of the text so far what is meant ends, its length, and where the next begins."""
    low, high = part[at], part[at + 1]
    if low < 0x80:
        return low, high + 3, at + 2
    if high < 0x80:
        return 0x80 + (high << 2 & 0x180 | low & 0x7F), (high & 0x1F) + 3, at + 2
    return 0x80 + ((high & 0x7F) << 7 | low & 0x7F), part[at + 2] + 3, at + 3
