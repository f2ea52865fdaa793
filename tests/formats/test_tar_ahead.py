"""Reading ahead: the same bytes, faults at their place, no thread left behind."""

from __future__ import annotations

import hashlib
import io
import threading
from typing import BinaryIO, cast

import pytest

from deadweight.core.errors import Corrupt
from deadweight.formats.tars.ahead import ReadingAhead
from deadweight.formats.tars.feed import CHUNK


class _Breaking(io.RawIOBase):
    """Gives two chunks and breaks."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += 1
        if self.given > 2:
            raise Corrupt("the stream is damaged")
        return bytes(size)

    def tell(self) -> int:
        return 0


def _ahead(stream: io.IOBase) -> ReadingAhead:
    return ReadingAhead(cast(BinaryIO, stream), stream.tell)


def test_every_byte_is_given_once_in_order_with_its_digest() -> None:
    body = b"".join(number.to_bytes(4, "big") for number in range(CHUNK))
    with _ahead(io.BytesIO(body)) as ahead:
        chunks = list(iter(ahead.read, b""))
        assert ahead.read() == b"", "the end stays the end"
    assert b"".join(chunks) == body
    assert ahead.digest() == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_the_count_is_the_one_of_the_chunk_that_was_given() -> None:
    with _ahead(io.BytesIO(bytes(3 * CHUNK + 1))) as ahead:
        counts = [ahead.came_from() for _ in iter(ahead.read, b"")]
    assert counts == [CHUNK, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 1]


def test_what_reading_raises_comes_after_all_that_was_read() -> None:
    with _ahead(_Breaking()) as ahead:
        assert len(ahead.read()) == len(ahead.read()) == CHUNK
        with pytest.raises(Corrupt, match="damaged"):
            ahead.read()
        assert ahead.read() == b""


def test_whoever_leaves_early_leaves_no_thread() -> None:
    with _ahead(io.BytesIO(bytes(32 * CHUNK))) as ahead:
        ahead.read()
    assert "reading ahead" not in {thread.name for thread in threading.enumerate()}
