"""Strips an ELF file of what no program needs to run; what a program header covers stays byte for byte.

The covered bytes are written as they are but for offsets: where holes of whole pages stood between segments (`runs`)
those behind move in the file, by pages, and in memory nothing does. After them stand only the sections that are not
known to be needless, a new name table and the new section table. GNU strip lays segments out anew and breaks libraries
that patchelf relocated (measured: 4 of 232 files of current wheels), so it is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from deadweight.native.elf import (
    ALLOCATED,
    CORE,
    EXECUTABLE,
    EXECUTABLE_CODE,
    INFO_IS_LINK,
    LOAD,
    NO_BITS,
    RELOCATABLE,
    SHARED,
    STRINGS,
    SYMBOLS,
    ElfLayout,
    Section,
    elf_layout,
)
from deadweight.native.runs import Runs, runs_of

PIECE = 1 << 20
_RELOCATIONS = (4, 9)
_RESERVED_INDEX = 0xFF00
_NOTHING = Section(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stripped:
    """What stripping came to: sizes in bytes, and the names of the sections that went."""

    before: int
    after: int
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Why a file is left as it is."""

    why: str


NOTHING_TO_GAIN = Left("there is nothing to gain")


def strip(source: Path, out: Path) -> Stripped | Left:
    """Write the file without what it can go without to `out`, where that makes it smaller and the result checks out.

    `out` holds nothing useful where the file is left.
    """
    with source.open("rb") as stream:
        layout = elf_layout(stream, source.stat().st_size)
        if layout is None:
            return Left("it is no whole ELF file")
        runs = runs_of(layout, stream)
        why = _unfit(layout) or _overlap(layout, runs) or _hidden_bytes(layout, runs, stream)
        if why:
            return Left(why)
        plan = _Plan(layout, runs, _kept(layout, runs))
        with out.open("wb") as copy:
            _write(plan, stream, copy)
    return _checked(plan, source, out)


def _unfit(layout: ElfLayout) -> str:
    """Why the file is not one to strip, by its layout; empty for none."""
    names = layout.names
    if layout.type not in (EXECUTABLE, SHARED):
        return {RELOCATABLE: "it is a relocatable object", CORE: "it is a core dump"}.get(layout.type, "unknown type")
    if names is None or names.type != STRINGS or names.is_allocated or not any(one.name for one in layout.sections):
        return "it has no section names"
    if not any(segment.kind == LOAD for segment in layout.segments):
        return "it has nothing to load"
    if any(one.type == NO_BITS and one.flags & EXECUTABLE_CODE for one in layout.sections):
        return "it holds the debugging data of another file"
    if len(layout.sections) >= _RESERVED_INDEX:
        return "it has more sections than its header can count"
    if layout.has_trailing_data:
        return "data is appended that no section names"
    return ""


def _overlap(layout: ElfLayout, runs: Runs) -> str:
    end, last = runs.end, "the last segment"
    for start, stop, name in sorted(_outside(layout, runs)):
        if start < end:
            return f"{name} overlaps {last}"
        end, last = stop, name
    return ""


def _outside(layout: ElfLayout, runs: Runs) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of all that reaches beyond the last covered byte."""
    for section in layout.sections[1:]:
        if section.is_stored and section.end > runs.end:
            yield section.offset, section.end, section.name or "a section without name"
    if layout.table_end > runs.end:
        yield layout.header.sections_at, layout.table_end, "the section table"


def _hidden_bytes(layout: ElfLayout, runs: Runs, stream: BinaryIO) -> str:
    """What stands between and after the sections that is not padding; empty for none."""
    end = runs.end
    for start, stop, name in (*sorted(_outside(layout, runs)), (layout.size, layout.size, "the end")):
        stream.seek(end)
        if any(piece.strip(b"\0") for piece in _pieces(stream, start - end)):
            return f"data that no section names stands before {name}"
        end = stop
    return ""


def _kept(layout: ElfLayout, runs: Runs) -> frozenset[int]:
    """The indexes of the sections that stay: what is needed, unknown, or covered, and what these link to."""
    free = frozenset(runs.free(layout))
    kept = {
        index
        for index, section in enumerate(layout.sections)
        if not (section.is_droppable and (index in free or not section.size))
    }
    waiting = [index for index in kept if not layout.sections[index].is_allocated]
    while waiting:
        new = {link for link in _links(layout.sections[waiting.pop()]) if link < len(layout.sections)} - kept
        kept |= new
        waiting.extend(new)
    return frozenset(kept)


def _links(section: Section) -> tuple[int, ...]:
    return (section.link, section.info) if _info_is_index(section) else (section.link,)


def _info_is_index(section: Section) -> bool:
    return section.type in _RELOCATIONS or bool(section.flags & INFO_IS_LINK)


def _order(layout: ElfLayout, kept: frozenset[int]) -> list[int | None]:
    """The old index of each new section, None for an empty header that keeps the place of one that went.

    Symbols name sections by index: up to the last section that a remaining symbol can name, no index changes.
    """
    last = len(layout.sections) - 1
    if not any(layout.sections[index].type == SYMBOLS for index in kept):
        last = max((index for index in kept if layout.sections[index].flags & ALLOCATED), default=0)
    indexes = range(len(layout.sections))
    return [index if index in kept else None for index in indexes if index in kept or index <= last]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is written: the runs that stay, and the indexes of the sections that do."""

    layout: ElfLayout
    runs: Runs
    kept: frozenset[int]


def _write(plan: _Plan, stream: BinaryIO, copy: BinaryIO) -> None:
    layout, order = plan.layout, _order(plan.layout, plan.kept)
    for run in plan.runs.runs:
        copy.write(b"\0" * (run.start - run.shift - copy.tell()))
        stream.seek(run.start)
        _copy(stream, copy, run.end - run.start)
    sections = _moved(plan, order, stream, copy)
    names, places = _name_table(section.name for section in sections)
    names_index = order.index(layout.header.names_index)
    sections[names_index] = replace(sections[names_index], offset=copy.tell(), size=len(names))
    copy.write(names)
    _pad(copy, layout.header.shape.bits // 8)
    table_at = copy.tell()
    for section in sections:
        found = replace(section, name_at=places[section.name])
        copy.write(layout.header.shape.section.pack(*astuple(found)[:-1]))
    _patch(layout, copy, (table_at, len(sections), names_index))
    _patch_segments(plan, copy)


def _moved(plan: _Plan, order: list[int | None], stream: BinaryIO, copy: BinaryIO) -> list[Section]:
    """The new section headers; the bodies of free sections that stay are copied after the last segment."""
    layout, places = plan.layout, {old: new for new, old in enumerate(order) if old is not None}
    free = frozenset(plan.runs.free(layout))
    moved = []
    for old in order:
        section = _NOTHING if old is None else layout.sections[old]
        info = places.get(section.info, 0) if _info_is_index(section) else section.info
        if old in free:
            _pad(copy, max(section.alignment, 1))
            stream.seek(section.offset)
            place = copy.tell()
            _copy(stream, copy, section.size)
        else:
            place = section.offset - plan.runs.shift(section.offset)
        moved.append(replace(section, offset=place, link=places.get(section.link, 0), info=info))
    return moved


def _name_table(names: Iterable[str]) -> tuple[bytes, dict[str, int]]:
    table, places = bytearray(b"\0"), {"": 0}
    for name in names:
        if name not in places:
            places[name] = len(table)
            table += name.encode("utf-8", "surrogateescape") + b"\0"
    return bytes(table), places


def _patch(layout: ElfLayout, copy: BinaryIO, fields: tuple[int, int, int]) -> None:
    """Set the section table's place and the two counts in the ELF header."""
    table_at, count, names_index = fields
    shape = layout.header.shape
    width = shape.bits // 8
    order: Literal["little", "big"] = "little" if shape.order == "<" else "big"
    copy.seek(16 + 8 + 2 * width)
    copy.write(table_at.to_bytes(width, order))
    copy.seek(16 + shape.header.size - 4)
    copy.write(count.to_bytes(2, order) + names_index.to_bytes(2, order))


def _patch_segments(plan: _Plan, copy: BinaryIO) -> None:
    """Set the place of the program headers in the ELF header, and the offset in each of them."""
    layout, runs = plan.layout, plan.runs
    shape = layout.header.shape
    width = shape.bits // 8
    order: Literal["little", "big"] = "little" if shape.order == "<" else "big"
    table_at = layout.header.segments_at - runs.shift(layout.header.segments_at)
    copy.seek(16 + 8 + width)
    copy.write(table_at.to_bytes(width, order))
    for index, segment in enumerate(layout.segments):
        # Before the offset stands the kind, and where addresses are wide the flags.
        copy.seek(table_at + index * layout.header.segment_size + width)
        copy.write((segment.offset - runs.shift(segment.offset)).to_bytes(width, order))


def _pad(copy: BinaryIO, alignment: int) -> None:
    copy.write(b"\0" * (-copy.tell() % alignment))


def _copy(stream: BinaryIO, copy: BinaryIO, length: int) -> None:
    for piece in _pieces(stream, length):
        copy.write(piece)


def _pieces(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (piece := stream.read(min(PIECE, length))):
        yield piece
        length -= len(piece)


def _checked(plan: _Plan, source: Path, out: Path) -> Stripped | Left:
    """The outcome, once the result is read again and found to load as the original does."""
    layout, size = plan.layout, out.stat().st_size
    if size >= layout.size:
        return NOTHING_TO_GAIN
    with out.open("rb") as stream:
        result = elf_layout(stream, size)
    at = plan.runs.shift
    segments = tuple(replace(one, offset=one.offset - at(one.offset)) for one in layout.segments)
    if result is None or result.segments != segments or _memory(result, lambda _: 0) != _memory(layout, at):
        return Left("the stripped file would not be loaded as the original is")
    if plan.runs.closed and not _same_bytes(plan, source, out):
        return Left("the stripped file does not hold what the original does")
    dropped = tuple(one.name for index, one in enumerate(layout.sections) if index not in plan.kept)
    return Stripped(layout.size, size, dropped)


def _memory(layout: ElfLayout, shift: Callable[[int], int]) -> list[tuple[object, ...]]:
    """What the running program sees of the sections, and where it stands in the file."""
    return [
        (
            *(one.name, one.type, one.flags, one.address, one.offset - shift(one.offset)),
            *(one.size, one.alignment, one.entry_size),
        )
        for one in layout.sections
        if one.is_allocated
    ]


def _same_bytes(plan: _Plan, source: Path, out: Path) -> bool:
    """Whether each run holds what it held, behind the headers."""
    header = plan.layout.header
    heads = (0, header.size), (header.segments_at, header.segments_at + header.segment_count * header.segment_size)
    with source.open("rb") as before, out.open("rb") as after:
        for run in plan.runs.runs:
            before.seek(run.start)
            after.seek(run.start - run.shift)
            at = run.start
            for piece in _pieces(before, run.end - run.start):
                if _blanked(piece, at, heads) != _blanked(after.read(len(piece)), at, heads):
                    return False
                at += len(piece)
    return True


def _blanked(piece: bytes, at: int, heads: Iterable[tuple[int, int]]) -> bytes:
    """The piece from the offset on, its parts of the headers taken as zeros."""
    for start, end in heads:
        first, last = max(start - at, 0), min(end - at, len(piece))
        if first < last:
            piece = piece[:first] + bytes(last - first) + piece[last:]
    return piece
