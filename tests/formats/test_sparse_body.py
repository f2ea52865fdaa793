"""A sparse file's body: the same as on a file system with holes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.formats.tars.sparse_body import expanded, stream_of
from deadweight.formats.tars.sparse_maps import Regions
from deadweight.formats.trees.holes import data_ranges

MAPS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def placed(gaps: list[tuple[int, int]], tail: int) -> tuple[Regions, int]:
    """Regions after each hole, and the size of the file that ends in another."""
    at, regions = 0, []
    for hole, length in gaps:
        regions.append((at + hole, length))
        at += hole + length
    return tuple(regions), at + tail


@settings(max_examples=60, deadline=None, derandomize=True)
@given(gaps=MAPS, tail=st.integers(0, 40), piece=st.integers(1, 50), read=st.integers(1, 70))
def test_every_region_lies_at_its_place_and_the_rest_is_zeros(
    gaps: list[tuple[int, int]], tail: int, piece: int, read: int
) -> None:
    regions, size = placed(gaps, tail)
    body = bytes(1 + number % 255 for number in range(sum(length for _, length in regions)))
    whole, at = bytearray(size), 0
    for offset, length in regions:
        whole[offset : offset + length] = body[at : at + length]
        at += length
    data = io.BytesIO(body)

    def take(wanted: int) -> Iterator[memoryview]:
        while wanted > 0:
            got = data.read(min(piece, wanted))
            wanted -= len(got)
            yield memoryview(got)

    stream = stream_of(expanded(take, regions, size))
    assert b"".join(iter(lambda: stream.read(read), b"")) == bytes(whole)
    assert stream.read(1) == b""


def test_a_hole_of_megabytes_comes_in_pieces() -> None:
    pieces = list(expanded(lambda size: iter([memoryview(b"x" * size)]), ((3 << 20, 1),), (5 << 20) + 1))
    assert sum(map(len, pieces)) == (5 << 20) + 1
    assert max(map(len, pieces)) <= 1 << 20
    assert [bytes(piece) for piece in pieces if len(piece) == 1] == [b"x"]


def test_an_empty_piece_is_not_the_end() -> None:
    pieces = [memoryview(piece) for piece in (b"", b"a", b"", b"", b"b", b"")]
    stream = stream_of(iter(pieces))
    assert [stream.read(5) for _ in range(2)] == [b"ab", b""]


def test_a_stream_of_pieces_is_read_only() -> None:
    stream = stream_of(iter([memoryview(b"body")]))
    assert stream.readable()
    assert not stream.writable()
    assert not stream.seekable()


@pytest.mark.parametrize("size", [0, 1, 4096, 1 << 20])
def test_a_file_without_holes_is_one_range(size: int, tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * size)
    with (tmp_path / "full").open("rb") as opened:
        assert list(data_ranges(opened.fileno(), size)) == ([(0, size)] if size else [])


def test_all_data_of_a_file_with_holes_lies_in_its_ranges(tmp_path: Path) -> None:
    path = tmp_path / "holey"
    with path.open("wb") as made:
        for place in (1 << 20, 3 << 20):
            made.seek(place)
            made.write(b"data")
        made.truncate(5 << 20)
    with path.open("rb") as opened:
        ranges = list(data_ranges(opened.fileno(), 5 << 20))
        covered = bytearray(5 << 20)
        for start, end in ranges:
            covered[start:end] = os.pread(opened.fileno(), end - start, start)
    assert bytes(covered) == path.read_bytes()
    assert sum(end - start for start, end in ranges) < 1 << 20
    assert ranges == sorted(ranges)


def test_a_file_of_nothing_but_a_hole_has_no_data(tmp_path: Path) -> None:
    with (tmp_path / "hole").open("w+b") as made:
        made.truncate(1 << 20)
        assert list(data_ranges(made.fileno(), 1 << 20)) == []
