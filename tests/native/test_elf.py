import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import (
    PROGRAM,
    Blueprint,
    Piece,
    built,
    compiled,
    damaged,
    plain_library,
    relocated_library,
    tool,
    written,
)
from deadweight.native.elf import NO_BITS, ElfLayout, Shape, elf_layout
from deadweight.native.runs import removable

SHAPES = [Shape(64, "<"), Shape(64, ">"), Shape(32, "<"), Shape(32, ">")]


class Forward(io.RawIOBase):
    """A stream that cannot seek; counts what was read."""

    def __init__(self, body: bytes) -> None:
        self._stream = io.BytesIO(body)
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.read_bytes += len(piece)
        return piece


class Counted(io.BytesIO):
    """A stream that can seek; counts what was read."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.read_bytes += len(piece)
        return piece


def layout_of(body: bytes) -> ElfLayout:
    layout = elf_layout(io.BytesIO(body), len(body))
    assert layout is not None
    return layout


def readelf_sections(path: Path) -> Iterator[tuple[str, int, int, int, bool]]:
    """Name, address, offset, size, allocated: as readelf says."""
    line = re.compile(
        r"\s*\[\s*\d+\] (\S*)\s+[A-Z_]+\S*\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+\s+(\S*)\s+\d+\s+\d+"
    )
    for found in line.finditer(tool("readelf", "-SW", path)):
        name, address, offset, size, flags = found.groups()
        yield name, int(address, 16), int(offset, 16), int(size, 16), "A" in flags


def readelf_segments(path: Path) -> list[tuple[int, int]]:
    """Offset and size in the file of each program header, as readelf says."""
    line = re.compile(r"^  [A-Z_]+\s+0x([0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x([0-9a-f]+)", re.MULTILINE)
    return [(int(offset, 16), int(size, 16)) for offset, size in line.findall(tool("readelf", "-lW", path))]


def agrees_with_readelf(path: Path) -> None:
    layout = layout_of(path.read_bytes())
    ours = [(one.name, one.address, one.offset, one.size, one.is_allocated) for one in layout.sections]
    assert ours == list(readelf_sections(path))
    assert [(one.offset, one.size) for one in layout.segments] == readelf_segments(path)


@pytest.mark.parametrize(
    "flags",
    [("-shared", "-fPIC", "-g"), ("-shared", "-fPIC", "-s"), ("-shared", "-fPIC", "-g", "-gz"), ("-c",)],
)
def test_a_library_is_read_as_readelf_reads_it(tmp_path: Path, flags: tuple[str, ...]) -> None:
    agrees_with_readelf(written(tmp_path / "library", compiled(flags=flags)))


@pytest.mark.parametrize("flags", [("-g",), ("-no-pie",), ("-static", "-g")])
def test_a_program_is_read_as_readelf_reads_it(tmp_path: Path, flags: tuple[str, ...]) -> None:
    agrees_with_readelf(written(tmp_path / "program", compiled(PROGRAM, flags)))


@pytest.mark.parametrize("shape", SHAPES)
def test_both_widths_and_byte_orders_are_read_as_readelf_reads_them(tmp_path: Path, shape: Shape) -> None:
    agrees_with_readelf(written(tmp_path / "library", built(plain_library(shape))))
    agrees_with_readelf(written(tmp_path / "relocated", built(relocated_library(shape))))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_that_cannot_seek_gives_the_same_layout(shape: Shape) -> None:
    for body in (built(plain_library(shape)), built(relocated_library(shape)), compiled()):
        assert elf_layout(Forward(body), len(body)) == layout_of(body)  # type: ignore[arg-type]  # a RawIOBase reads


def test_names_beyond_the_memory_of_a_forward_stream_are_unknown_and_sections_are_not() -> None:
    near = built(plain_library(SHAPES[0]))
    at, apart = layout_of(near).header.sections_at, 2 << 20
    far = damaged(near[:at] + bytes(apart) + near[at:], 40, "<Q", at + apart)
    forward = elf_layout(Forward(far), len(far))  # type: ignore[arg-type]  # a RawIOBase reads
    assert forward is not None
    assert {one.name for one in forward.sections} == {""}
    assert removable(forward) == removable(layout_of(far)) > 0
    assert layout_of(far).sections[1].name == ".text"


def test_what_could_go_is_what_lies_behind_the_last_segment_and_no_program_needs() -> None:
    shape = SHAPES[0]
    debug, payload = Piece(".debug_info", body=b"d" * 1000), Piece("payload", body=b"p" * 500)
    layout = layout_of(built(plain_library(shape, debug, payload)))
    sizes = {one.name: one.size for one in layout.sections}
    assert removable(layout) == sizes[".symtab"] + sizes[".strtab"] + 1000


def test_symbols_before_the_last_segment_go_by_whole_pages() -> None:
    assert removable(layout_of(built(relocated_library(SHAPES[0])))) == 5000 + 4096


def test_a_stripped_library_an_object_and_one_with_a_payload_have_nothing_to_give() -> None:
    stripped = layout_of(compiled(flags=("-shared", "-fPIC", "-s")))
    assert removable(stripped) < 100  # the compiler's comment
    assert removable(layout_of(compiled(flags=("-c",)))) == 0
    payload = layout_of(compiled() + b"payload" * 100)
    assert payload.has_trailing_data
    assert removable(payload) == 0


def test_one_byte_of_padding_at_the_end_is_no_payload() -> None:
    assert not layout_of(compiled() + b"\0").has_trailing_data


def test_a_file_without_segments_has_nothing_to_give() -> None:
    shape = SHAPES[0]
    body = damaged(built(plain_library(shape)), 56, "<H", 0)
    assert removable(layout_of(body)) == 0


def test_reading_a_layout_reads_headers_and_skips_bodies() -> None:
    big = Piece(".debug_info", body=b"d" * (8 << 20))
    body = built(plain_library(SHAPES[0], big))
    stream = Counted(body)
    assert elf_layout(stream, len(body)) is not None
    assert stream.read_bytes < 4096


@pytest.mark.parametrize("body", [b"", b"\x7fELF", b"#!/bin/sh\n" * 20, b"\x7fELF" + bytes(100), b"MZ" + bytes(200)])
def test_what_is_no_elf_file_has_no_layout(body: bytes) -> None:
    assert elf_layout(io.BytesIO(body), len(body)) is None


def test_a_file_cut_short_anywhere_has_no_layout() -> None:
    body = built(plain_library(SHAPES[0]))
    assert all(elf_layout(io.BytesIO(body[:end]), end) is None for end in range(len(body)))


@pytest.mark.parametrize(
    ("offset", "format_", "value"),
    [(40, "<Q", 1 << 62), (32, "<Q", 1 << 62), (54, "<H", 7), (58, "<H", 9), (56, "<H", 0xFFFF), (60, "<H", 0xFFF0)],
)
def test_tables_that_lie_outside_or_have_another_width_are_refused(offset: int, format_: str, value: int) -> None:
    body = damaged(built(plain_library(SHAPES[0])), offset, format_, value)
    assert elf_layout(io.BytesIO(body), len(body)) is None


def test_a_segment_beyond_the_end_of_the_file_is_refused() -> None:
    body = damaged(built(plain_library(SHAPES[0])), 64 + 32, "<Q", 1 << 40)
    assert elf_layout(io.BytesIO(body), len(body)) is None


def test_counts_that_overflow_the_header_are_taken_from_the_first_section() -> None:
    plain = built(plain_library(SHAPES[0]))
    layout = layout_of(plain)
    table = layout.header.sections_at
    body = damaged(damaged(plain, 60, "<H", 0), 62, "<H", 0xFFFF)
    body = damaged(damaged(body, table + 32, "<Q", len(layout.sections)), table + 40, "<I", layout.header.names_index)
    assert [one.name for one in layout_of(body).sections] == [one.name for one in layout.sections]
    assert elf_layout(io.BytesIO(damaged(body, table + 32, "<Q", 1 << 50)), len(body)) is None


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.data())
def test_damaged_bytes_never_raise(data: st.DataObject) -> None:
    body = bytearray(built(plain_library(data.draw(st.sampled_from(SHAPES)))))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(4, len(body) - 1))] = data.draw(st.integers(0, 255))
    for stream in (io.BytesIO(bytes(body)), Forward(bytes(body))):
        layout = elf_layout(stream, len(body))  # type: ignore[arg-type]
        assert layout is None or 0 <= removable(layout) <= len(body)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_section_without_bytes_covers_none(shape: Shape) -> None:
    zeros = Piece(".bss", NO_BITS, 0x3, bytes(1 << 16), alignment=8)
    plan = Blueprint((Piece(".data", 1, 0x3, b"d" * 64), zeros), 1, shape.bits, shape.order)
    layout = layout_of(built(plan))
    assert layout.sections[2].size == 1 << 16
    assert layout.sections[2].end == 0
    assert not layout.has_trailing_data
