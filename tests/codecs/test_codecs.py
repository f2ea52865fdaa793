"""What every codec keeps to."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import packed
from deadweight.codecs.decompression import RAW_BYTES
from deadweight.codecs.detection import codecs, detect
from deadweight.core.errors import Corrupt, DeadweightError
from deadweight.core.seams import Codec

ALL = [pytest.param(codec, id=name) for name, codec in codecs().items()]
PACKING = [pytest.param(codec, id=name) for name, codec in codecs().items() if name != "store"]


def unpacked(codec: Codec, body: bytes) -> bytes:
    return codec.reader(io.BytesIO(body)).read()


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("codec", ALL)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(body=st.binary(max_size=3000), times=st.sampled_from([1, 50]))
def test_what_is_packed_unpacks_to_the_same(codec: Codec, body: bytes, times: int) -> None:
    assert unpacked(codec, packed(body * times, codec.name)) == body * times


@pytest.mark.parametrize("codec", ALL)
def test_a_codec_is_recognised_by_the_first_bytes_of_what_it_packs(codec: Codec) -> None:
    assert detect(packed(b"some content", codec.name)) is codec


@pytest.mark.parametrize("codec", ALL)
def test_closing_the_writer_leaves_the_wrapped_stream_open(codec: Codec) -> None:
    stream = io.BytesIO()
    codec.writer(stream, codec.level).close()
    assert not stream.closed


@pytest.mark.parametrize("codec", PACKING)
def test_what_is_packed_at_the_first_and_at_the_highest_level_unpacks(codec: Codec) -> None:
    for level in (1, codec.highest):
        stream = io.BytesIO()
        with codec.writer(stream, level) as writer:
            writer.write(b"some content")
        assert unpacked(codec, stream.getvalue()) == b"some content"


@pytest.mark.parametrize("codec", ALL)
def test_the_level_used_by_default_is_one_that_there_is(codec: Codec) -> None:
    assert min(codec.highest, 1) <= codec.level <= codec.highest


@pytest.mark.parametrize("codec", ALL)
def test_the_same_content_is_packed_to_the_same_bytes(codec: Codec) -> None:
    body = noise(5000) + bytes(5000)
    assert packed(body, codec.name) == packed(body, codec.name)


@pytest.mark.parametrize("codec", PACKING)
def test_all_members_of_a_stream_are_read_and_not_only_the_first(codec: Codec) -> None:
    body = packed(b"one,", codec.name) + packed(b"", codec.name) + packed(b"two", codec.name)
    assert unpacked(codec, body) == b"one,two"


@pytest.mark.parametrize("codec", PACKING)
@pytest.mark.parametrize("zeros", [1, 4, 511, RAW_BYTES, RAW_BYTES + 5])
def test_zeros_may_follow_the_last_member(codec: Codec, zeros: int) -> None:
    assert unpacked(codec, packed(b"body", codec.name) + bytes(zeros)) == b"body"


@pytest.mark.parametrize("codec", PACKING)
@pytest.mark.parametrize("junk", [b"junk", b"\0\0junk", b"\x1f", b"PK\x03\x04" * 10])
def test_anything_else_that_follows_is_refused(codec: Codec, junk: bytes) -> None:
    with pytest.raises(Corrupt):
        unpacked(codec, packed(b"body", codec.name) + junk)


@pytest.mark.parametrize("codec", PACKING)
def test_every_truncation_is_refused(codec: Codec) -> None:
    whole = packed(noise(300), codec.name)
    for size in range(len(whole)):
        with pytest.raises(Corrupt):
            unpacked(codec, whole[:size])


@pytest.mark.parametrize("codec", PACKING)
def test_no_flipped_bit_gives_other_content_without_an_error(codec: Codec) -> None:
    body = noise(200) + b"text " * 100
    whole = packed(body, codec.name)
    for place in range(len(whole)):
        for bit in (1, 0x80):
            damaged = whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :]
            try:
                assert unpacked(codec, damaged) == body
            except DeadweightError:
                continue


@pytest.mark.parametrize("codec", PACKING)
def test_a_bomb_comes_out_in_pieces_of_the_size_that_was_asked_for(codec: Codec) -> None:
    stream = codec.reader(io.BytesIO(packed(bytes(12 << 20), codec.name)))
    sizes = set()
    total = 0
    while piece := stream.read(1 << 16):
        sizes.add(len(piece))
        total += len(piece)
    assert max(sizes) <= 1 << 16
    assert total == 12 << 20


@pytest.mark.parametrize("codec", PACKING)
def test_reading_takes_no_more_than_it_needs_from_the_packed_stream(codec: Codec) -> None:
    stored = io.BytesIO(packed(noise(2 << 20), codec.name))
    codec.reader(stored).read(10)
    assert stored.tell() <= (1 << 20) + 2 * RAW_BYTES


def test_the_writer_of_gzip_names_no_file_and_no_time() -> None:
    header = packed(b"body", "gzip")[:10]
    assert header[3] == 0
    assert header[4:8] == bytes(4)


def test_a_skippable_frame_is_passed_over() -> None:
    skippable = b"\x53\x2a\x4d\x18" + (7).to_bytes(4, "little") + b"ignored"
    body = skippable + packed(b"one", "zstd") + skippable + packed(b"two", "zstd") + skippable
    assert unpacked(codecs()["zstd"], body) == b"onetwo"
    assert detect(body) is codecs()["zstd"]


def test_a_frame_of_zstd_carries_a_checksum() -> None:
    assert packed(b"body", "zstd")[4] & 0x04


def test_an_old_lzma_file_is_not_taken_for_xz() -> None:
    import lzma

    with pytest.raises(Corrupt):
        unpacked(codecs()["xz"], lzma.compress(b"body", format=lzma.FORMAT_ALONE))
