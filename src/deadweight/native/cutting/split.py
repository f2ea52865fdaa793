"""The segments and sections of a shared library around stretches of its memory that go.

What stands behind a stretch moves up in the file by its pages, and its address stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from deadweight.core.errors import Corrupt
from deadweight.native.elf import LOAD, Section
from deadweight.native.tables import Image

HEADER_SIZE = 56
"""The bytes of one program header."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One program header, in the order of its fields."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int
    memory: int
    alignment: int

    @property
    def end(self) -> int:
        """The address of the first byte after what is stored."""
        return self.address + self.size


def program_headers(image: Image) -> tuple[Segment, ...]:
    """The program headers of a 64-bit library in little-endian order."""
    header = image.layout.header
    shape, at = header.shape.segment, header.segments_at
    table = image.body[at : at + header.segment_count * shape.size]
    return tuple(Segment(*found) for found in shape.iter_unpack(table))


def in_file(segments: Iterable[Segment], stretch: tuple[int, int]) -> tuple[int, int]:
    """The offsets of a stretch of addresses."""
    for one in segments:
        if one.kind == LOAD and one.address <= stretch[0] and stretch[1] <= one.end:
            return stretch[0] - one.address + one.offset, stretch[1] - one.address + one.offset
    raise Corrupt("a stretch does not lie in one segment")


@dataclass(frozen=True, slots=True)
class Shift:
    """Where what stands at an offset comes to stand, by the gaps before it, which are sorted and apart."""

    gaps: tuple[tuple[int, int], ...]

    def __call__(self, offset: int) -> int:
        """The new offset of what stands at the old one."""
        return offset - sum(end - start for start, end in self.gaps if end <= offset)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is written anew: the library, and the stretches of its memory that go."""

    image: Image
    segments: tuple[Segment, ...]
    stretches: tuple[tuple[int, int], ...]
    shift: Shift

    def moved(self) -> Iterator[Segment]:
        """The new program headers."""
        for one in self.segments:
            if one.kind == LOAD:
                yield from self._split(one)
            else:
                yield replace(one, offset=self.shift(one.offset))

    def _split(self, segment: Segment) -> Iterator[Segment]:
        pieces = tuple(self.around(segment.address, segment.end)) or ((segment.address, segment.end),)
        for start, end in pieces:
            skipped = start - segment.address
            memory = segment.memory - skipped if (start, end) == pieces[-1] else end - start
            offset = self.shift(segment.offset + skipped)
            physical = segment.physical + skipped
            yield Segment(LOAD, segment.flags, offset, start, physical, end - start, memory, segment.alignment)

    def around(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The addresses of what stays of these, in pieces."""
        for gone, on in self.stretches:
            if start <= gone and on <= end:
                if gone > start:
                    yield start, gone
                start = on
        if start < end:
            yield start, end

    def sections(self) -> Iterator[Section]:
        """The new section headers: the first piece of each keeps its place, the others follow all."""
        behind: list[Section] = []
        for one in self.image.layout.sections:
            if one.is_allocated and one.is_stored:
                first, *others = self._pieces(one)
                behind += others
                yield first
            else:
                yield replace(one, offset=self.shift(one.offset))
        yield from behind

    def behind(self) -> tuple[tuple[int, int, int], ...]:
        """The address of each piece that follows all sections, the one behind it, and its number, by address."""
        count = len(self.image.layout.sections)
        pieces = enumerate(tuple(self.sections())[count:], count)
        return tuple(sorted((one.address, one.address + one.size, number) for number, one in pieces))

    def _pieces(self, section: Section) -> Iterator[Section]:
        for start, end in self._cut(section):
            offset = self.shift(section.offset + start - section.address)
            yield replace(section, address=start, offset=offset, size=end - start)

    def _cut(self, section: Section) -> Iterator[tuple[int, int]]:
        """The addresses of the pieces of a section, stretches that reach over its ends cut off there."""
        start, end = section.address, section.address + section.size
        pieces = 0
        for gone, on in self.stretches:
            if gone < end and start < on:
                if gone > start:
                    yield start, gone
                    pieces += 1
                start = min(on, end)
        if start < end or not pieces:
            yield start, end
