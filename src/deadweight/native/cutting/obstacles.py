"""What keeps a shared library from being taken apart: each thing by which code could be reached unseen."""

from __future__ import annotations

import re
import struct

from deadweight.native.elf import SHARED, SYMBOLS
from deadweight.native.tables import SYMBOL, Image

_PACKED = frozenset((9, 19, 0x60000001, 0x60000002, 0x6FFFFF00))
"""Sections of relocations that are written in another way: without addends, relative ones as bits, those of Android."""
_KNOWN_RELOCATIONS = frozenset((0, 1, 5, 6, 7, 8, 16, 17, 18, 36, 37))
_DEFINED_VERSIONS = 0x6FFFFFFD
_TABLE_BY_DISTANCE = re.compile(rb"\xf9\xff\xff\xff[\x48\x49][\xb8-\xbf](.{8})", re.DOTALL)
"""The end of an instruction of seven bytes that takes its own address, and one that takes eight bytes."""
_EIGHT = struct.Struct("<q")
_BEFORE = 3

SLOTS = frozenset((".got", ".got.plt"))
"""The sections that hold nothing but slots: what code reads one by one."""


def obstacle(image: Image) -> str:
    """Why the library can't be taken apart; empty where it can be."""
    if not image.is_for_x86_64 or image.layout.type != SHARED:
        return "it is no shared library for x86-64"
    if not any(one.size > SYMBOL.size for one in image.of_type(SYMBOLS)):
        return "it was stripped: nothing says where its functions begin"
    if any(one.is_allocated and one.type in _PACKED for one in image.layout.sections):
        return "its relocations are packed"
    return _by_relocations(image) or _by_names(image) or _by_code(image)


def _by_relocations(image: Image) -> str:
    strange = {one.type for one in image.relocations} - _KNOWN_RELOCATIONS
    return f"it has relocations of type {min(strange)}" if strange else ""


def _by_names(image: Image) -> str:
    if any(image.of_type(_DEFINED_VERSIONS)):
        return "its names have versions"
    found: dict[str, int] = {}
    for one in image.dynamic_symbols:
        if one.is_defined and found.setdefault(one.name, one.value) != one.value:
            return f"it exports {one.name} twice"
    return ""


def _by_code(image: Image) -> str:
    """The large code model names functions by their distance from a table, in eight bytes (System V ABI, 3.5.1)."""
    tables = frozenset(one.address for one in image.layout.sections if one.name in SLOTS)
    for section in image.code:
        for found in _TABLE_BY_DISTANCE.finditer(image.body, section.offset, section.end):
            here = section.address + found.start() - _BEFORE - section.offset
            if here + _EIGHT.unpack(found[1])[0] in tables:
                return "it is compiled for the large code model"
    return ""
