"""Writes a shared library without stretches of its memory: what is mapped around them stays where it was.

A segment is split where a stretch of whole pages goes: what stood behind it moves up in the file by these pages, and
its address stays, so that no reference changes. The loader leaves the pages between inaccessible. The table of program
headers has more entries then, and takes the beginning of a stretch. Source: System V gABI, chapter 5; glibc,
elf/dl-map-segments.h (gaps between segments), elf/dl-load.c (a table of program headers within a segment).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from io import BytesIO
from itertools import pairwise

from deadweight.core.errors import Corrupt
from deadweight.native.cutting.split import HEADER_SIZE, Rewriting, Segment, Shift, in_file, program_headers
from deadweight.native.elf import EXTENDED, INTERPRETER, LOAD, SHARED, SYMBOLS, ElfLayout, elf_layout
from deadweight.native.tables import DYNAMIC_SYMBOLS, SYMBOL, THREAD_LOCAL, UNDEFINED, WEAK, Image, Symbol

PAGE = 4096
LEAST = 2 * PAGE
"""Shorter stretches stay: each costs a program header and an entry of the kernel's for every process."""
_TABLE_OF_SEGMENTS = 6
_HEADER_TAIL = struct.Struct("<QQIHHHHHH")
_TAIL_AT = 32
_SECTION, _SECTION_AT = struct.Struct("<H"), 6


@dataclass(frozen=True, slots=True)
class Wish:
    """What goes: stretches of addresses, sorted and apart, and exported names; and bytes to write, by their address."""

    stretches: Sequence[tuple[int, int]]
    names: frozenset[str] = frozenset()
    patches: Mapping[int, bytes] = field(default_factory=dict)


def pages(stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The whole pages of each stretch, where there are enough; sorted stretches that touch count as one."""
    for start, end in joined(stretches):
        first, last = -(-start // PAGE) * PAGE, end // PAGE * PAGE
        if last - first >= LEAST:
            yield first, last


def joined(stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted stretches, those that touch or overlap as one."""
    whole: tuple[int, int] | None = None
    for start, end in stretches:
        if whole is not None and start <= whole[1]:
            whole = whole[0], max(whole[1], end)
        else:
            if whole is not None:
                yield whole
            whole = start, end
    if whole is not None:
        yield whole


def hollowed(image: Image, wish: Wish) -> bytes:
    """The library without the whole pages of the stretches; raises Corrupt with the reason where it can't be.

    The result is read again, and every byte that is mapped is compared.
    """
    segments = program_headers(image)
    _check(image, segments)
    stretches = tuple(pages(wish.stretches))
    _check_unwritten(image, stretches)
    if not stretches:
        raise Corrupt("there is nothing to gain")
    home, stretches = _housed(segments, stretches)
    gaps = tuple(sorted(in_file(segments, stretch) for stretch in stretches))
    _check_free(image, segments, gaps)
    rewriting = Rewriting(image, segments, stretches, Shift(gaps))
    body = _changed(rewriting, wish)
    result = _written(rewriting, body, home)
    _check_same(Image(_layout(result), result), rewriting, body)
    return result


def _check(image: Image, segments: Iterable[Segment]) -> None:
    if not image.is_for_x86_64 or image.layout.type != SHARED:
        raise Corrupt("it is no shared library for x86-64")
    if any(one.kind == INTERPRETER for one in segments):
        raise Corrupt("it is a program: the kernel maps it")
    for one in segments:
        if one.kind == LOAD and (one.alignment > PAGE or (one.address - one.offset) % PAGE):
            raise Corrupt("its segments are aligned to more than a page")
    loads = [one for one in segments if one.kind == LOAD]
    ends = [end for one in loads for end in (one.address, one.address + one.memory)]
    if ends != sorted(ends) or any(one.memory < one.size or one.physical > ends[-1] for one in loads):
        raise Corrupt("its segments are not in order")


def _check_unwritten(image: Image, stretches: Sequence[tuple[int, int]]) -> None:
    """Raise Corrupt where the loader writes into what goes."""
    for one in image.relocations:
        found = bisect_right(stretches, one.place, key=lambda stretch: stretch[0] - 8) - 1
        if found >= 0 and one.place < stretches[found][1]:
            raise Corrupt("the loader writes into what goes")


def _housed(
    segments: Sequence[Segment], stretches: Sequence[tuple[int, int]]
) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The address where the longest stretch begins, for the program headers, and the stretches without their pages."""
    home = max(stretches, key=lambda one: one[1] - one[0])
    room = -(-(len(segments) + len(stretches)) * HEADER_SIZE // PAGE) * PAGE
    if home[1] - home[0] <= room:
        raise Corrupt("no stretch has room for the program headers")
    return home[0], tuple((start + room, end) if start == home[0] else (start, end) for start, end in stretches)


def _check_free(image: Image, segments: Sequence[Segment], gaps: Sequence[tuple[int, int]]) -> None:
    """Raise Corrupt where anything but one segment and sections in memory has bytes of the gaps."""
    layout, table = image.layout, image.layout.header.segments_at
    taken = [(0, layout.header.size), (table, table + len(segments) * HEADER_SIZE)]
    taken += [(layout.header.sections_at, layout.table_end)]
    taken += [(one.offset, one.end) for one in layout.sections if one.is_stored and not one.is_allocated]
    taken += [(one.offset, one.offset + one.size) for one in segments if one.kind != LOAD and one.size]
    for start, end in gaps:
        mapping = sum(one.kind == LOAD and one.offset < end and start < one.offset + one.size for one in segments)
        if mapping != 1 or any(first < end and start < last for first, last in taken):
            raise Corrupt("what goes is used by more than one part of the file")


def _changed(rewriting: Rewriting, wish: Wish) -> bytearray:
    """The original file with what is to be written in place: patches, names that nothing finds any more, and pieces."""
    image = rewriting.image
    body = bytearray(image.body)
    for address, piece in wish.patches.items():
        start, end = in_file(rewriting.segments, (address, address + len(piece)))
        body[start:end] = piece
    pieces = rewriting.behind()
    for section in (*image.of_type(DYNAMIC_SYMBOLS), *image.of_type(SYMBOLS)):
        for number, symbol in enumerate(image.symbols(section)):
            at = section.offset + number * SYMBOL.size
            if symbol.is_defined and symbol.name in wish.names:
                name, _, other, *_ = SYMBOL.unpack_from(body, at)
                SYMBOL.pack_into(body, at, name, WEAK << 4 | symbol.kind, other, UNDEFINED, 0, 0)
            elif symbol.is_defined and symbol.kind != THREAD_LOCAL:
                _SECTION.pack_into(body, at + _SECTION_AT, _piece(pieces, symbol))
    return body


def _piece(pieces: Sequence[tuple[int, int, int]], symbol: Symbol) -> int:
    """The number of the section that the symbol lies in, by the pieces' addresses and numbers."""
    found = bisect_right(pieces, symbol.value, key=lambda one: one[0]) - 1
    return pieces[found][2] if found >= 0 and symbol.value < pieces[found][1] else symbol.section


def _written(rewriting: Rewriting, body: bytearray, home: int) -> bytes:
    """The new file; `home` is the address of the program headers."""
    image, shift = rewriting.image, rewriting.shift
    layout = image.layout
    stop = layout.header.sections_at if layout.table_end == layout.size else layout.size
    result = bytearray()
    for start, end in pairwise((0, *(offset for gap in shift.gaps for offset in gap), stop)):
        if (start, end) not in shift.gaps:
            result += body[start:end]
    result += bytes(-len(result) % 8)
    sections_at = len(result)
    sections = tuple(rewriting.sections())
    for section in sections:
        result += layout.header.shape.section.pack(*astuple(section)[:-1])
    segments_at = shift(in_file(rewriting.segments, (home, home))[0])
    segments = tuple(_housing(rewriting.moved(), home, segments_at))
    if len(segments) >= EXTENDED or len(sections) >= 0xFF00:
        raise Corrupt("it would come apart into more pieces than its header can count")
    for number, one in enumerate(segments):
        layout.header.shape.segment.pack_into(result, segments_at + HEADER_SIZE * number, *astuple(one))
    _head(result, (segments_at, len(segments)), (sections_at, len(sections)))
    return bytes(result)


def _housing(segments: Iterable[Segment], home: int, offset: int) -> Iterator[Segment]:
    """The program headers, with the place of their own table right where they name it."""
    segments = tuple(segments)
    size = len(segments) * HEADER_SIZE
    for one in segments:
        if one.kind == _TABLE_OF_SEGMENTS:
            yield replace(one, offset=offset, address=home, physical=home, size=size, memory=size)
        else:
            yield one


def _head(result: bytearray, segments: tuple[int, int], sections: tuple[int, int]) -> None:
    """Set where the two tables stand and how many entries they have."""
    _, _, flags, size, segment_size, _, section_size, _, names = _HEADER_TAIL.unpack_from(result, _TAIL_AT)
    counts = (segment_size, segments[1], section_size, sections[1])
    _HEADER_TAIL.pack_into(result, _TAIL_AT, segments[0], sections[0], flags, size, *counts, names)


def _layout(result: bytes) -> ElfLayout:
    layout = elf_layout(BytesIO(result), len(result))
    if layout is None:
        raise Corrupt("the result is no whole ELF file")
    return layout


def _check_same(result: Image, rewriting: Rewriting, body: bytearray) -> None:
    """Raise Corrupt where the result does not map what the changed original does, but for the two headers."""
    header = result.layout.header
    after = [one for one in program_headers(result) if one.kind == LOAD]
    table = result.body[header.segments_at : header.segments_at + header.segment_count * HEADER_SIZE]
    home = next(one.address - one.offset for one in after if one.offset <= header.segments_at < one.offset + one.size)
    at = in_file(rewriting.segments, (home + header.segments_at,) * 2)[0]
    expected = bytearray(body)
    expected[: header.size] = result.body[: header.size]
    expected[at : at + len(table)] = table
    for before in rewriting.segments:
        for start, end in rewriting.around(before.address, before.end) if before.kind == LOAD else ():
            now = next((one for one in after if one.address == start and one.size == end - start), None)
            offset = before.offset + start - before.address
            if now is None or result.body[now.offset : now.offset + now.size] != expected[offset : offset + now.size]:
                raise Corrupt("the result does not hold what the original does")
