from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cutting import compiled, image_of, said_by, written
from deadweight.core.errors import Corrupt
from deadweight.native.cutting.split import Rewriting, Segment, Shift, in_file, program_headers
from deadweight.native.elf import LOAD
from deadweight.native.tables import Image

ROW = re.compile(r"^  (\S+) +(0x\w+) (0x\w+) (0x\w+) (0x\w+) (0x\w+) .{3} +(0x\w+)$", re.MULTILINE)
SOURCE = 'int f(int x) { return x; }\n__asm__(".skip 200000, 0xcc");\nint data[5000];\nint *pointer = data;\n'


@pytest.fixture(scope="module")
def image() -> Image:
    return image_of(compiled(SOURCE))


def rewriting(image: Image, *stretches: tuple[int, int]) -> Rewriting:
    segments = program_headers(image)
    return Rewriting(image, segments, stretches, Shift(tuple(in_file(segments, one) for one in stretches)))


def code(image: Image) -> tuple[int, int]:
    """The addresses of whole pages of code."""
    section = next(one for one in image.code if one.name == ".text")
    return -(-section.address // 4096) * 4096, (section.address + section.size) // 4096 * 4096


def test_program_headers_are_those_of_readelf(image: Image, tmp_path: Path) -> None:
    theirs = [
        tuple(int(number, 16) for number in row[1:])
        for row in ROW.findall(said_by("readelf", "-lW", written(tmp_path, image.body)))
    ]
    mine = [
        (one.offset, one.address, one.physical, one.size, one.memory, one.alignment) for one in program_headers(image)
    ]
    assert mine == theirs


def test_addresses_have_their_place_in_the_file(image: Image) -> None:
    """Oracle: what a section's header says of both."""
    for one in image.layout.sections:
        if one.is_allocated and one.is_stored:
            here = in_file(program_headers(image), (one.address, one.address + one.size))
            assert here == (one.offset, one.offset + one.size)


def test_what_lies_in_two_segments_has_no_place(image: Image) -> None:
    loads = [one for one in program_headers(image) if one.kind == LOAD]
    with pytest.raises(Corrupt, match="one segment"):
        in_file(loads, (loads[0].address, loads[1].end))
    with pytest.raises(Corrupt, match="one segment"):
        in_file(loads, (loads[-1].address, loads[-1].address + loads[-1].memory))


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=12, unique=True), st.integers(0, 1000))
def test_what_stays_moves_by_what_goes_before_it(ends: list[int], offset: int) -> None:
    ends = sorted(ends[: len(ends) // 2 * 2])
    gaps = tuple(zip(ends[::2], ends[1::2], strict=True))
    gone = {number for start, end in gaps for number in range(start, end)}
    if offset not in gone:
        assert Shift(gaps)(offset) == offset - len([number for number in gone if number < offset])


def test_a_segment_comes_apart_around_what_goes(image: Image) -> None:
    start, end = code(image)
    first, second = (start + 4096, start + 12288), (end - 8192, end)
    pieces = [one for one in rewriting(image, first, second).moved() if one.kind == LOAD and one.flags & 1]
    whole = next(one for one in program_headers(image) if one.kind == LOAD and one.flags & 1)
    assert [one.address for one in pieces] == [whole.address, first[1], second[1]][: len(pieces)]
    assert [one.end for one in pieces] == [first[0], second[0], whole.end][: len(pieces)]
    assert all(one.address % 4096 == one.offset % 4096 for one in pieces)
    assert sum(one.size for one in pieces) == whole.size - 16384


def test_zeros_behind_a_segment_stay_with_its_last_piece() -> None:
    segment = Segment(LOAD, 6, 0x1000, 0x1000, 0x1000, 0x5000, 0x9000, 0x1000)
    image = image_of(compiled(SOURCE))
    gaps = ((0x2000, 0x4000),)
    first, last = Rewriting(image, (segment,), gaps, Shift(gaps)).moved()
    assert (first.size, first.memory) == (0x1000, 0x1000)
    assert (last.size, last.memory, last.offset, last.address) == (0x2000, 0x6000, 0x2000, 0x4000)


def test_what_goes_to_the_end_leaves_no_piece_behind(image: Image) -> None:
    segment = Segment(LOAD, 5, 0x1000, 0x1000, 0x1000, 0x5000, 0x5000, 0x1000)
    gaps = ((0x4000, 0x6000),)
    assert [(one.address, one.end) for one in Rewriting(image, (segment,), gaps, Shift(gaps)).moved()] == [
        (0x1000, 0x4000)
    ]


def test_sections_keep_their_numbers_and_their_pieces_come_last(image: Image) -> None:
    start, end = code(image)
    before = image.layout.sections
    after = list(rewriting(image, (start + 4096, end - 4096)).sections())
    assert [one.name for one in after] == [*(one.name for one in before), ".text"]
    text = [one for one in after if one.name == ".text"]
    whole = next(one for one in before if one.name == ".text")
    assert [(one.address, one.address + one.size) for one in text] == [
        (whole.address, start + 4096),
        (end - 4096, whole.address + whole.size),
    ]
    unallocated = [
        (one, other) for one, other in zip(before, after, strict=False) if not one.is_allocated and one.is_stored
    ]
    assert unallocated
    assert all(one.offset - other.offset == end - start - 8192 for one, other in unallocated)
