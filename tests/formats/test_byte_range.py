"""A stretch of a file, packed or not, reads as the same stretch of its bytes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import packed
from deadweight.core.errors import Corrupt
from deadweight.formats.byte_range import Tape, identity, packed_with, whole_file

OUTERS = ("store", "gzip", "bzip2", "xz", "zstd")
BODY = bytes(number * number % 251 for number in range(5000))


def file_of(folder: Path, outer: str, body: bytes = BODY) -> Path:
    path = folder / outer
    path.write_bytes(packed(body, outer))
    return path


@pytest.mark.parametrize("outer", OUTERS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(ranges=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), min_size=1, max_size=5))
def test_ranges_in_any_order_are_the_same_bytes(
    outer: str, ranges: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Tape(file_of(tmp_path_factory.mktemp("made"), outer), outer) as tape:
        for start, length in ranges:
            assert tape.section(start, length).read() == BODY[start : start + length]


@pytest.mark.parametrize("outer", OUTERS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END]), st.integers(0, 900), st.integers(-1, 700)),
        max_size=6,
    )
)
def test_a_section_moves_and_reads_as_a_stream_in_memory(
    outer: str, steps: list[tuple[int, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    memory = io.BytesIO(BODY[100:1100])
    with Tape(file_of(tmp_path_factory.mktemp("made"), outer), outer) as tape:
        section = tape.section(100, 1000)
        for whence, offset, size in steps:
            signed = -offset if whence == os.SEEK_END else offset
            assert section.seek(signed, whence) == memory.seek(signed, whence)
            assert section.read(size) == memory.read(size)
            assert section.tell() == memory.tell()


@pytest.mark.parametrize("outer", OUTERS)
def test_two_sections_of_one_tape_are_read_in_turn(outer: str, tmp_path: Path) -> None:
    with Tape(file_of(tmp_path, outer), outer) as tape:
        one, other = tape.section(0, 2000), tape.section(2000, 2000)
        pieces = [(one.read(500), other.read(500)) for _ in range(4)]
    assert b"".join(first for first, _ in pieces) == BODY[:2000]
    assert b"".join(second for _, second in pieces) == BODY[2000:4000]


@pytest.mark.parametrize("outer", OUTERS)
def test_a_section_is_filled_into_a_buffer_as_far_as_it_goes(outer: str, tmp_path: Path) -> None:
    with Tape(file_of(tmp_path, outer), outer) as tape:
        section = tape.section(4990, 5)
        assert section.readable()
        assert section.seekable()
        buffer = bytearray(8)
        assert section.readinto(buffer) == 5  # type: ignore[attr-defined]  # raw streams have it, BinaryIO does not say
        assert bytes(buffer) == BODY[4990:4995] + bytes(3)


@pytest.mark.parametrize("outer", OUTERS)
def test_a_range_beyond_the_end_gives_what_is_there(outer: str, tmp_path: Path) -> None:
    with Tape(file_of(tmp_path, outer), outer) as tape:
        assert tape.section(4990, 100).read() == BODY[4990:]
        assert tape.section(9000, 100).read() == b""
        assert tape.section(0, 10).read() == BODY[:10]


@pytest.mark.parametrize("outer", OUTERS[1:])
def test_ranges_in_order_unpack_the_file_once(outer: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, outer, os.urandom(1 << 20))
    with Tape(path, outer) as tape:
        tape.section(900_000, 10).read()
        # What was unpacked already is not needed again: the file may lose its first half meanwhile.
        with path.open("r+b") as damaged:
            damaged.write(bytes(400_000))
        assert len(tape.section(900_100, 10).read()) == 10
        with pytest.raises(Corrupt):
            tape.section(0, 10).read()


@pytest.mark.parametrize("outer", OUTERS)
def test_a_file_is_told_by_its_first_bytes(outer: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, outer)
    assert packed_with(path) == outer
    assert (whole_file(path).start, whole_file(path).length) == (0, path.stat().st_size)


def test_a_file_that_was_written_to_is_another_even_with_its_time_put_back(tmp_path: Path) -> None:
    path = file_of(tmp_path, "store")
    before = identity(path)
    assert identity(path) == before
    with path.open("r+b") as written:
        written.write(b"x")
    while path.stat().st_ctime_ns == before[4]:  # the clock of a file system ticks every few milliseconds
        os.utime(path, ns=(0, before[3]))
    os.utime(path, ns=(0, before[3]))
    assert identity(path)[:4] == before[:4]
    assert identity(path) != before


def test_no_section_is_moved_to_before_its_start(tmp_path: Path) -> None:
    with Tape(file_of(tmp_path, "store")) as tape:
        section = tape.section(100, 10)
        assert section.seek(-50, os.SEEK_END) == 0
        assert section.read(3) == BODY[100:103]


def test_a_body_is_read_as_far_as_asked_and_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"before0123456789after")
    with Tape(tmp_path / "f") as tape:
        body = tape.body(6, 10)
        assert body.seekable()
        assert [body.read(4), body.read(), body.read(), body.read(3)] == [b"0123", b"456789", b"", b""]
        body.seek(-3, os.SEEK_END)
        assert body.read(100) == b"789"


@pytest.mark.parametrize("size", [4, 100, -1])
def test_a_body_that_is_no_longer_there_is_an_error_and_no_short_one(size: int, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"0123456789")
    with Tape(tmp_path / "f") as tape:
        body = tape.body(2, 8)
        os.truncate(tmp_path / "f", 4)
        with pytest.raises(Corrupt, match="ends earlier"):
            body.read(size)
