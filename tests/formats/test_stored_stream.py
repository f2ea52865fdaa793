"""The stored side of a stream: nothing is lost, counted twice, or hashed out of order."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.progress import SILENT
from deadweight.formats.tars.stored_stream import StoredStream


class Trickle(io.RawIOBase):
    """Gives three bytes at most, as a pipe may."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    def read(self, size: int | None = -1) -> bytes:
        return self._body.read(-1 if size is None or size < 0 else min(size, 3))


class Heard:
    """Adds up the progress that it is told."""

    def __init__(self) -> None:
        self.total = 0

    def start(self, what: str, total: int, unit: str = "B") -> None:
        raise AssertionError("the stretch is its reader's")

    def advance(self, amount: int) -> None:
        self.total += amount

    def finish(self) -> None:
        raise AssertionError("the stretch is its reader's")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    body=st.binary(max_size=60),
    looked=st.integers(0, 20),
    sizes=st.lists(st.integers(-1, 30), max_size=8),
    trickles=st.booleans(),
)
def test_what_is_read_is_the_stream_from_its_start_and_all_of_it_is_hashed_and_counted(
    body: bytes, looked: int, sizes: list[int], trickles: bool
) -> None:
    heard, hashed = Heard(), bytearray()
    source = cast(BinaryIO, Trickle(body)) if trickles else io.BytesIO(body)
    stream = StoredStream(source, heard)
    assert stream.head(looked) == body[:looked]
    stream.hash_with(hashed.extend)
    read = b"".join(stream.read(size) for size in sizes)
    assert body.startswith(read)
    if -1 in sizes:
        assert read == body
    stream.flush()
    assert bytes(hashed) == read
    assert stream.count == heard.total == len(read)


def test_looking_at_the_first_bytes_reads_none_of_them() -> None:
    stream = StoredStream(io.BytesIO(b"0123456789"), SILENT)
    assert (stream.head(4), stream.head(6), stream.count) == (b"0123", b"012345", 0)
    assert stream.read(100) == b"012345"
    assert (stream.read(100), stream.read(100), stream.count) == (b"6789", b"", 10)


def test_all_that_is_left_is_read_after_a_look_at_the_first_bytes() -> None:
    stream = StoredStream(io.BytesIO(b"0123456789"), SILENT)
    assert (stream.head(4), stream.read()) == (b"0123", b"0123456789")


@pytest.mark.parametrize("piece", [1 << 16, (1 << 16) + 1])
def test_bytes_are_hashed_in_pieces_of_a_megabyte(piece: int) -> None:
    batches: list[int] = []
    stream = StoredStream(io.BytesIO(bytes(5 << 19)), SILENT)
    stream.hash_with(lambda batch: batches.append(len(batch)))
    while stream.read(piece):
        pass
    assert len(batches) == 2
    assert all(1 << 20 <= size < (1 << 20) + piece for size in batches)
    stream.flush()
    stream.flush()
    assert (len(batches), sum(batches)) == (3, 5 << 19)


def test_nothing_is_kept_where_nothing_is_hashed() -> None:
    stream = StoredStream(io.BytesIO(b"body"), SILENT)
    assert stream.read(4) == b"body"
    heard: list[bytes] = []
    stream.hash_with(heard.append)
    stream.flush()
    assert heard == []
