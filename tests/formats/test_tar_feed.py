"""Both feeds give the same bytes at the same places, and the forward one bounds what comes out."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import DEFAULT_LIMITS, Limits
from deadweight.formats.tars.feed import CHUNK, ChunkFeed, Feed, SeekFeed
from deadweight.formats.tars.hashing import Hashing

BODY = bytes(number * number % 251 for number in range(1000))
STEPS = st.lists(st.tuples(st.sampled_from(["take", "skip", "padding"]), st.integers(0, 400)), max_size=8)


def feeds(body: bytes) -> list[Feed]:
    return [SeekFeed(io.BytesIO(body), "made"), ChunkFeed(io.BytesIO(body), "made", DEFAULT_LIMITS)]


def walked(feed: Feed, steps: list[tuple[str, int]]) -> list[object]:
    """What each step gives, and where it leads."""
    seen: list[object] = []
    for step, size in steps:
        try:
            if step == "take":
                seen.append(feed.take(size))
            elif step == "skip":
                feed.skip(size)
            else:
                feed.skip_padding(feed.position + size)
        except Corrupt as refused:
            return [*seen, refused.what]
        seen.append(feed.position)
    return seen


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=STEPS)
def test_both_feeds_see_the_same(steps: list[tuple[str, int]]) -> None:
    one, other = (walked(feed, steps) for feed in feeds(BODY))
    assert one == other


@pytest.mark.parametrize("number", [0, 1])
def test_passing_over_more_than_there_is_is_corrupt_and_padding_is_not(number: int) -> None:
    feed = feeds(BODY)[number]
    feed.skip(1000)
    assert (feed.position, feed.take(1)) == (1000, b"")
    feed.skip_padding(1024)
    assert feed.position == 1000
    with pytest.raises(Corrupt, match="ends in the middle, at byte 1000"):
        feeds(BODY)[number].skip(1001)


def test_a_seeking_feed_starts_where_the_stream_stands_and_does_not_mind_others_moving_it() -> None:
    stream = io.BytesIO(BODY)
    stream.seek(100)
    feed = SeekFeed(stream, "made")
    assert feed.take(10) == BODY[100:110]
    stream.seek(0)
    assert (feed.position, feed.take(10)) == (10, BODY[110:120])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(sizes=st.lists(st.integers(0, CHUNK), max_size=5))
def test_pieces_over_chunks_are_the_bytes_and_what_was_stored_only_grows(sizes: list[int]) -> None:
    body = bytes(range(256)) * (5 * CHUNK // 512)
    source = io.BytesIO(body)
    feed = ChunkFeed(source, "made", DEFAULT_LIMITS, came_from=lambda: source.tell() // 3)
    at, before = 0, 0
    for size in sizes:
        assert b"".join(feed.pieces(size)) == body[at : at + size]
        at = min(at + size, len(body))
        assert (feed.position, feed.stored >= before) == (at, True)
        before = feed.stored
    feed.drain()
    assert (feed.position, feed.stored) == (len(body), len(body) // 3)


def test_draining_tells_zeros_from_data() -> None:
    assert not ChunkFeed(io.BytesIO(bytes(3 * CHUNK)), "made", DEFAULT_LIMITS).drain()
    assert ChunkFeed(io.BytesIO(bytes(3 * CHUNK) + b"x"), "made", DEFAULT_LIMITS).drain()
    assert ChunkFeed(io.BytesIO(b"x" + bytes(3 * CHUNK)), "made", DEFAULT_LIMITS).drain()
    read = ChunkFeed(io.BytesIO(b"x" + bytes(99)), "made", DEFAULT_LIMITS)
    read.take(1)
    assert not read.drain()


def test_more_than_the_limit_never_comes_out() -> None:
    limits = Limits(unpacked=2 * CHUNK)
    ChunkFeed(io.BytesIO(bytes(2 * CHUNK)), "made", limits).drain()
    with pytest.raises(Hostile, match="come out of it"):
        ChunkFeed(io.BytesIO(bytes(2 * CHUNK + 1)), "made", limits).drain()


@pytest.mark.parametrize(("stored", "bomb"), [(CHUNK // 10 - 1, True), (CHUNK, False)])
def test_a_ratio_counts_only_where_something_is_packed_and_much_came_out(stored: int, bomb: bool) -> None:
    limits = Limits(ratio=10, ratio_from=CHUNK // 2)
    feed = ChunkFeed(io.BytesIO(bytes(CHUNK)), "made", limits, came_from=lambda: stored)
    if bomb:
        with pytest.raises(Hostile, match="decompression bomb"):
            feed.drain()
    else:
        feed.drain()
    ChunkFeed(io.BytesIO(bytes(CHUNK // 2)), "made", limits, came_from=lambda: 1).drain()
    ChunkFeed(io.BytesIO(bytes(CHUNK)), "made", limits).drain()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(pieces=st.lists(st.binary(max_size=50), max_size=12), algorithm=st.sampled_from(["sha256", "sha512"]))
def test_a_digest_worked_out_beside_is_that_of_all_bytes_in_order(pieces: list[bytes], algorithm: str) -> None:
    with Hashing(algorithm) as hashing:
        for piece in pieces:
            hashing.update(piece)
        digest = hashing.digest()
    assert digest == f"{algorithm}:{hashlib.new(algorithm, b''.join(pieces)).hexdigest()}"


def test_an_error_while_hashing_leaves_no_thread() -> None:
    import threading

    def reading() -> None:
        with Hashing() as hashing:
            hashing.update(b"body")
            raise Corrupt("damaged")

    before = threading.active_count()
    with pytest.raises(Corrupt):
        reading()
    assert threading.active_count() == before
