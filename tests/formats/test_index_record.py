"""A layer's index as bytes: the same after reading, and nothing where the bytes are damaged."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import packed
from deadweight.codecs.detection import codec_named
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.formats.images.index_record import from_record, to_record
from deadweight.formats.tars.index import TarIndex

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=20).map(
    lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda raw: f"blake3:{raw.hex()}")
FILES = st.builds(
    Entry,
    TEXTS,
    st.just(Kind.FILE),
    size=st.integers(0, 2**62),
    stored=st.integers(0, 2**62),
    mtime=st.floats(allow_nan=False, allow_infinity=False),
    digest=DIGESTS,
    head=st.binary(max_size=16),
    offset=st.integers(0, 2**62),
    xattrs=st.lists(st.tuples(TEXTS, st.binary(max_size=9)), max_size=2).map(tuple),
)
OTHERS = st.builds(
    Entry,
    TEXTS,
    st.sampled_from([kind for kind in Kind if kind is not Kind.FILE]),
    target=TEXTS,
    device=st.tuples(st.integers(0, 4095), st.integers(0, 2**20)),
)
INDEXES = st.builds(
    TarIndex,
    st.lists(st.one_of(FILES, OTHERS), max_size=6).map(tuple),
    st.dictionaries(st.sampled_from(["headers", "padding"]), st.integers(0, 2**40)),
    st.integers(0, 2**62),
    st.integers(0, 2**62),
    st.just("sha256:1"),
    st.just("sha256:2"),
    st.sampled_from(["store", "gzip"]),
    st.dictionaries(TEXTS, st.binary(max_size=20), max_size=3),
    st.dictionaries(st.integers(0, 2**40), st.just(((0, 3), (9, 1))), max_size=2),
    st.lists(st.builds(Gap, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
)
EMPTY = TarIndex((), {}, 0, 0, "sha256:1", "sha256:2", "store", {})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(index=INDEXES, layer=st.integers(0, 127))
def test_any_index_comes_back_in_its_layer_as_it_was(index: TarIndex, layer: int) -> None:
    placed = replace(index, entries=tuple(entry.but(layer=layer) for entry in index.entries))
    assert from_record(to_record(index), layer) == placed


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_makes_it_no_record(place: int, bit: int) -> None:
    record = bytearray(to_record(replace(EMPTY, entries=(Entry("a", Kind.DIRECTORY),))))
    record[place % len(record)] ^= 1 << bit
    assert from_record(bytes(record), 0) is None


def test_every_truncation_makes_it_no_record() -> None:
    record = to_record(EMPTY)
    assert not [size for size in range(len(record)) if from_record(record[:size], 0) is not None]


@pytest.mark.parametrize(
    "body", [b"", b"no zstd", packed(b"no msgpack", "zstd"), packed(msgspec.msgpack.encode([1, 2]), "zstd")]
)
def test_what_another_program_left_with_a_right_sum_is_no_record(body: bytes) -> None:
    assert from_record(blake3(body).digest() + body, 0) is None


def test_columns_of_unequal_length_are_no_record() -> None:
    columns = msgspec.msgpack.decode(codec_named("zstd").reader(io.BytesIO(to_record(EMPTY)[32:])).read())
    columns[1] = bytes([200])
    columns[2] = [[1]] * 6
    columns[3] = [[0.0], [0.0]]
    columns[5] = [b""]
    body = packed(msgspec.msgpack.encode(columns), "zstd")
    assert from_record(blake3(body).digest() + body, 0) is None
