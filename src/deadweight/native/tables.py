"""The symbols and relocations of an ELF file for x86-64, by its section headers (System V gABI, chapter 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.native.elf import EXECUTABLE_CODE, NO_BITS, SYMBOLS, ElfLayout, Section

X86_64 = 62
DYNAMIC_SYMBOLS, RELOCATIONS = 11, 4
UNTYPED, OBJECT, FUNCTION, THREAD_LOCAL, INDIRECT_FUNCTION = 0, 1, 2, 6, 10
UNDEFINED, RESERVED = 0, 0xFF00
WEAK = 2
SYMBOL = struct.Struct("<IBBHQQ")
_RELOCATION = struct.Struct("<QQq")
_DYNAMIC_SECTION = 6
_TAG = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol: `value` its address, `size` in bytes, `section` the index of the section that it lies in."""

    name: str
    kind: int
    section: int
    value: int
    size: int

    @property
    def is_defined(self) -> bool:
        """Whether it lies in a section of the file."""
        return UNDEFINED < self.section < RESERVED


@dataclass(frozen=True, slots=True)
class Relocation:
    """One relocation with an addend: the address that is written, its type, the index of its symbol."""

    place: int
    type: int
    symbol: int
    addend: int


@dataclass(frozen=True, slots=True)
class Image:
    """A whole ELF file in memory, with its layout."""

    layout: ElfLayout
    body: bytes

    @property
    def is_for_x86_64(self) -> bool:
        """Whether it is a 64-bit file in little-endian order for x86-64."""
        header = self.layout.header
        return header.machine == X86_64 and (header.shape.bits, header.shape.order) == (64, "<")

    def bytes_of(self, section: Section) -> bytes:
        """What the file stores of the section; nothing for one of zeros."""
        return b"" if section.type == NO_BITS else self.body[section.offset : section.offset + section.size]

    def of_type(self, type_: int) -> Iterator[Section]:
        """The sections of a type."""
        return (one for one in self.layout.sections if one.type == type_)

    @property
    def code(self) -> tuple[Section, ...]:
        """The sections that are run, by address."""
        stored = (one for one in self.layout.sections if one.is_allocated and one.is_stored)
        found = (one for one in stored if one.flags & EXECUTABLE_CODE)
        return tuple(sorted(found, key=lambda one: one.address))

    def symbols(self, section: Section) -> Iterator[Symbol]:
        """All symbols of a table in their order; raises Corrupt where it names no table of strings."""
        if not 0 < section.link < len(self.layout.sections):
            raise Corrupt("its symbols have no names")
        names, table = self.bytes_of(self.layout.sections[section.link]), self.bytes_of(section)
        for name, info, _, index, value, size in SYMBOL.iter_unpack(table[: len(table) // SYMBOL.size * SYMBOL.size]):
            text = names[name : names.find(b"\0", name)].decode("utf-8", "surrogateescape") if name else ""
            yield Symbol(text, info & 0xF, index, value, size)

    @property
    def dynamic_symbols(self) -> tuple[Symbol, ...]:
        """What the loader binds by name: what the file exports and what it imports."""
        return tuple(one for section in self.of_type(DYNAMIC_SYMBOLS) for one in self.symbols(section))

    @property
    def local_symbols(self) -> tuple[Symbol, ...]:
        """The linker's own table; empty in a file that was stripped."""
        return tuple(one for section in self.of_type(SYMBOLS) for one in self.symbols(section))

    @property
    def relocations(self) -> Iterator[Relocation]:
        """All that the loader applies."""
        for section in self.of_type(RELOCATIONS):
            table = self.bytes_of(section) if section.is_allocated else b""
            for place, info, addend in _RELOCATION.iter_unpack(table[: len(table) // 24 * 24]):
                yield Relocation(place, info & 0xFFFFFFFF, info >> 32, addend)

    @property
    def tags(self) -> Iterator[tuple[int, int]]:
        """The entries of the dynamic section: what each is, and its value."""
        for section in self.of_type(_DYNAMIC_SECTION):
            table = self.bytes_of(section)
            yield from _TAG.iter_unpack(table[: len(table) // _TAG.size * _TAG.size])
