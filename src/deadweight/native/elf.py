"""What an ELF file is made of: its header, segments and sections (System V gABI, chapters 4 and 5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from deadweight.native.window import Window

MAGIC = b"\x7fELF"
RELOCATABLE, EXECUTABLE, SHARED, CORE = 1, 2, 3, 4
UNUSED, SYMBOLS, STRINGS, NO_BITS, SYMBOL_INDEXES = 0, 2, 3, 8, 18
ALLOCATED, EXECUTABLE_CODE, INFO_IS_LINK = 0x2, 0x4, 0x40
LOAD, DYNAMIC, INTERPRETER = 1, 2, 3
EXTENDED = 0xFFFF
MAX_SECTIONS = 1 << 16
MAX_NAMES = 1 << 24
PAD = 64

_HEADER = {64: "HHIQQQIHHHHHH", 32: "HHIIIIIHHHHHH"}
_SEGMENT = {64: "IIQQQQQQ", 32: "IIIIIIII"}
_SECTION = {64: "IIQQQQIIQQ", 32: "IIIIIIIIII"}
_DROPPED_NAMES = frozenset(
    (".comment", ".gnu_debuglink", ".gnu_debugaltlink", ".gnu_debugdata", ".gdb_index", ".line", ".llvm_addrsig")
)
_DROPPED_PREFIXES = (".debug", ".zdebug", ".rel.debug", ".rela.debug", ".stab", ".gnu.lto_", ".gnu.debuglto_")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the numbers of an ELF file are stored: 32 or 64 bits, and the order of their bytes."""

    bits: Literal[32, 64]
    order: Literal["<", ">"]

    @property
    def header(self) -> struct.Struct:
        """The ELF header after its 16 bytes of identification."""
        return struct.Struct(self.order + _HEADER[self.bits])

    @property
    def segment(self) -> struct.Struct:
        """One program header."""
        return struct.Struct(self.order + _SEGMENT[self.bits])

    @property
    def section(self) -> struct.Struct:
        """One section header."""
        return struct.Struct(self.order + _SECTION[self.bits])


@dataclass(frozen=True, slots=True)
class Header:
    """The ELF header's fields that a layout is read by; offsets and sizes in bytes."""

    shape: Shape
    type: int
    machine: int
    segments_at: int
    segment_size: int
    segment_count: int
    sections_at: int
    section_size: int
    section_count: int
    names_index: int
    size: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One program header: what the loader maps or reads."""

    kind: int
    offset: int
    address: int
    size: int
    alignment: int

    @property
    def end(self) -> int:
        """The offset of the first byte after it, 0 where it covers none."""
        return self.offset + self.size if self.size else 0


@dataclass(frozen=True, slots=True)
class Section:
    """One section header; `name` is empty where the name table could not be read."""

    name_at: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int
    name: str = ""

    @property
    def end(self) -> int:
        """The offset of the first byte after it, 0 where it stores none."""
        return self.offset + self.size if self.is_stored else 0

    @property
    def is_stored(self) -> bool:
        """Whether it has bytes in the file."""
        return self.type not in (UNUSED, NO_BITS) and self.size > 0

    @property
    def is_allocated(self) -> bool:
        """Whether the running program has it in memory."""
        return bool(self.flags & ALLOCATED)

    @property
    def is_droppable(self) -> bool:
        """Whether it is known that no program needs it to run: symbols, debugging, comments of the compiler."""
        if self.is_allocated:
            return False
        if self.type in (SYMBOLS, SYMBOL_INDEXES) or self.name in _DROPPED_NAMES:
            return True
        return self.name.startswith(_DROPPED_PREFIXES) or (self.type == STRINGS and self.name in ("", ".strtab"))


@dataclass(frozen=True, slots=True)
class ElfLayout:
    """The parts of one ELF file of `size` bytes."""

    header: Header
    segments: tuple[Segment, ...]
    sections: tuple[Section, ...]
    size: int

    @property
    def type(self) -> int:
        """RELOCATABLE, EXECUTABLE, SHARED, CORE or a number of the system's own."""
        return self.header.type

    @property
    def covered(self) -> int:
        """The offset after the last byte that the ELF header, the program headers or a segment covers."""
        table = self.header.segments_at + self.header.segment_count * self.header.segment_size
        return max(self.header.size, table, *(segment.end for segment in self.segments), 0)

    @property
    def names(self) -> Section | None:
        """The section that holds the names of sections."""
        return self.sections[self.header.names_index] if self.header.names_index < len(self.sections) else None

    @property
    def table_end(self) -> int:
        """The offset of the first byte after the section table."""
        return self.header.sections_at + self.header.section_count * self.header.section_size

    @property
    def is_strippable(self) -> bool:
        """Whether it is a program or a library with segments, and with nothing appended."""
        return self.type in (EXECUTABLE, SHARED) and bool(self.segments) and not self.has_trailing_data

    @property
    def has_trailing_data(self) -> bool:
        """Whether bytes follow that belong to no table, section or segment (an appended payload).

        patchelf leaves one zero byte: what is shorter than a pad is none.
        """
        return self.size - self.end >= PAD

    @property
    def end(self) -> int:
        """The offset after the last byte of any table, section or segment."""
        return max(self.covered, self.table_end, *(section.end for section in self.sections), 0)


def elf_layout(stream: BinaryIO, size: int) -> ElfLayout | None:
    """The layout of the ELF file of `size` bytes, read forward only; None for what is no ELF file or a broken one.

    What is skipped is seeked over where the stream can seek. Section names are unknown where their table lies
    more than 1 MiB before the section table of a stream that cannot.
    """
    window = Window(stream)
    header = elf_header(window.at(0, 64))
    if header is None or not _tables_fit(header, size):
        return None
    header = _whole_header(header, window, size)
    if header is None:
        return None
    try:
        segments, sections = _tables(header, window)
    except struct.error:
        return None
    layout = ElfLayout(header, segments, _named(sections, header.names_index, window), size)
    return layout if _parts_fit(layout) else None


def elf_header(head: bytes) -> Header | None:
    """The ELF header in the first 64 bytes of a file, None where they are none of an ELF file."""
    if len(head) < 52 or head[:4] != MAGIC or head[4] not in (1, 2) or head[5] not in (1, 2):
        return None
    shape = Shape(32 if head[4] == 1 else 64, "<" if head[5] == 1 else ">")
    if len(head) < 16 + shape.header.size:
        return None
    found = shape.header.unpack_from(head, 16)
    type_, machine, _, _, segments_at, sections_at, _, size, *tables = found
    segment_size, segment_count, section_size, section_count, names_index = tables
    return Header(
        shape,
        type_,
        machine,
        segments_at,
        segment_size,
        segment_count,
        sections_at,
        section_size,
        section_count,
        names_index,
        size,
    )


def _tables_fit(header: Header, size: int) -> bool:
    segments_right = not header.segment_count or header.segment_size == header.shape.segment.size
    sections_right = not header.sections_at or header.section_size == header.shape.section.size
    ends = header.segments_at + header.segment_count * header.segment_size
    first = header.sections_at + max(header.section_count, 1) * header.section_size if header.sections_at else 0
    return segments_right and sections_right and ends <= size and first <= size and header.segment_count != EXTENDED


def _whole_header(header: Header, window: Window, size: int) -> Header | None:
    """The header with the counts that did not fit its fields and stand in the first section header."""
    if not header.sections_at:
        return replace(header, section_count=0, names_index=0)
    if header.section_count and header.names_index != EXTENDED:
        return header
    # The program headers are read before in any file that a linker made; one that has them after is left alone.
    if header.segments_at + header.segment_count * header.segment_size > header.sections_at:
        return None
    raw = window.at(header.sections_at, header.section_size)
    if len(raw) < header.section_size:
        return None
    first = Section(*header.shape.section.unpack(raw))
    count = header.section_count or first.size
    index = first.link if header.names_index == EXTENDED else header.names_index
    fits = count <= MAX_SECTIONS and header.sections_at + count * header.section_size <= size
    return replace(header, section_count=count, names_index=index) if fits else None


def _tables(header: Header, window: Window) -> tuple[tuple[Segment, ...], tuple[Section, ...]]:
    segments = (header.segments_at, header.segment_count * header.segment_size)
    sections = (header.sections_at, header.section_count * header.section_size)
    raw = {where: window.at(*where) for where in sorted((segments, sections)) if where[1]}
    if any(len(piece) != length for (_, length), piece in raw.items()):
        raise struct.error("a table is cut short")
    return (
        segments_of(header.shape, raw.get(segments, b"")),
        tuple(Section(*found) for found in header.shape.section.iter_unpack(raw.get(sections, b""))),
    )


def segments_of(shape: Shape, table: bytes) -> tuple[Segment, ...]:
    """The program headers of a table of them."""
    return tuple(_segment(shape, found) for found in shape.segment.iter_unpack(table))


def _segment(shape: Shape, found: tuple[int, ...]) -> Segment:
    if shape.bits == 64:
        kind, _, offset, address, _, size, _, alignment = found
    else:
        kind, offset, address, _, size, _, _, alignment = found
    return Segment(kind, offset, address, size, alignment)


def _named(sections: tuple[Section, ...], index: int, window: Window) -> tuple[Section, ...]:
    if not 0 < index < len(sections):
        return sections
    table = window.at(sections[index].offset, min(sections[index].size, MAX_NAMES))
    return tuple(replace(section, name=_name(table, section.name_at)) for section in sections)


def _name(table: bytes, at: int) -> str:
    return table[at : table.find(b"\0", at)].decode("utf-8", "surrogateescape") if at < len(table) else ""


def _parts_fit(layout: ElfLayout) -> bool:
    ends = [segment.end for segment in layout.segments]
    ends += [section.end for section in layout.sections]
    return max(ends, default=0) <= layout.size
