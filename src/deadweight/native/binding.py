"""What an ELF file exports and imports by name, read piece by piece from a stream that seeks."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.native.elf import DYNAMIC, ElfLayout, Section
from deadweight.native.tables import DYNAMIC_SYMBOLS, SYMBOL, UNDEFINED, X86_64

_VERSIONS = 0x6FFFFFFF
_UNVERSIONED = 2
_TWO = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class Binding:
    """What the loader binds: names that are imported of no version, and whether a name with a mark is exported.

    `imported` is None where it can't be told: the file has a dynamic section and no section headers.
    """

    imported: frozenset[str] | None
    exports_mark: bool = False


NOTHING = Binding(frozenset())


def binding_of(stream: BinaryIO, layout: ElfLayout, mark: str) -> Binding:
    """What a file for x86-64 exports and imports; nothing for one of another machine, which binds to none of these."""
    header = layout.header
    if header.machine != X86_64 or header.shape.bits != 64 or not any(one.kind == DYNAMIC for one in layout.segments):
        return NOTHING
    table = next((one for one in layout.sections if one.type == DYNAMIC_SYMBOLS), None)
    if table is None or not 0 < table.link < len(layout.sections):
        return Binding(None)
    names = _bytes(stream, layout.sections[table.link])
    symbols, versions = _bytes(stream, table), _versions(stream, layout)
    imported: set[str] = set()
    exports_mark = False
    marked = mark.encode() in names
    for number, found in enumerate(SYMBOL.iter_unpack(symbols[: len(symbols) // SYMBOL.size * SYMBOL.size])):
        name, _, _, section, *_ = found
        if section == UNDEFINED and name and _is_unversioned(versions, number):
            imported.add(names[name : names.find(b"\0", name)].decode("utf-8", "surrogateescape"))
        elif marked and section != UNDEFINED and not exports_mark:
            exports_mark = mark.encode() in names[name : names.find(b"\0", name)]
    return Binding(frozenset(imported), exports_mark)


def _versions(stream: BinaryIO, layout: ElfLayout) -> bytes:
    found = next((one for one in layout.sections if one.type == _VERSIONS), None)
    return _bytes(stream, found) if found else b""


def _is_unversioned(versions: bytes, number: int) -> bool:
    at = number * _TWO.size
    return len(versions) < at + _TWO.size or _TWO.unpack_from(versions, at)[0] & 0x7FFF < _UNVERSIONED


def _bytes(stream: BinaryIO, section: Section) -> bytes:
    if not section.is_stored:
        return b""
    stream.seek(section.offset)
    return stream.read(section.size)
