"""Pieces of streams that are read forward only."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.native.window import MEMORY, Window

BODY = bytes(range(256)) * 64


class Forward(io.RawIOBase):
    """A stream that cannot be sought and gives at most `most` bytes at a time, as a pipe does."""

    def __init__(self, body: bytes, most: int) -> None:
        super().__init__()
        self._inner = io.BytesIO(body)
        self._most = most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io hands in a writable buffer
        piece = self._inner.read(min(len(view), self._most))
        view[: len(piece)] = piece
        return len(piece)


def forward(body: bytes, most: int = 1 << 20) -> Window:
    return Window(Forward(body, most))  # type: ignore[arg-type]  # a raw stream reads as a BinaryIO does


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BODY) + 50), st.integers(0, 600)), max_size=8), st.integers(1, 5000))
def test_a_piece_is_the_same_whether_the_stream_can_be_sought_or_not(wanted: list[tuple[int, int]], most: int) -> None:
    seeking, going = Window(io.BytesIO(BODY)), forward(BODY, most)
    for offset, length in wanted:
        assert going.at(offset, length) == seeking.at(offset, length) == BODY[offset : offset + length]


def test_offsets_count_from_where_the_stream_stands() -> None:
    stream = io.BytesIO(b"headBODY")
    stream.seek(4)
    window = Window(stream)
    assert (window.at(0, 4), window.at(2, 2), window.at(0, 1)) == (b"BODY", b"DY", b"B")


@pytest.mark.parametrize("offset", [0, 3, 8, 100])
def test_a_piece_past_the_end_is_shorter(offset: int) -> None:
    assert forward(b"12345678").at(offset, 100) == b"12345678"[offset:]
    assert Window(io.BytesIO(b"12345678")).at(offset, 100) == b"12345678"[offset:]


def test_what_went_past_is_remembered_for_a_megabyte_and_then_is_empty() -> None:
    window = forward(bytes(1) + b"A" * MEMORY + b"B" * MEMORY)
    assert window.at(MEMORY + 1, 4) == b"BBBB"
    assert window.at(MEMORY - 1, 2) == b"AA"
    assert window.at(0, 1) == b""


def test_a_piece_that_is_larger_than_the_memory_comes_whole() -> None:
    body = b"x" + b"y" * (3 * MEMORY)
    assert forward(body).at(0, len(body)) == body


def test_nothing_is_read_before_it_is_asked_for() -> None:
    stream = Forward(BODY, 16)
    Window(stream)  # type: ignore[arg-type]  # a raw stream reads as a BinaryIO does
    assert stream.read(4) == BODY[:4]


def test_beyond_the_last_offset_that_a_stream_can_have_is_nothing() -> None:
    """A damaged file names any number."""
    window = Window(io.BytesIO(b"abc"))
    assert window.at(1 << 63, 4) == window.at((1 << 64) - 1, 4) == b""
    assert window.at(1, 4) == b"bc"
