"""Coding without loss: every bit comes back, and exponents cost about their entropy."""

from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.core.tensor import BITS
from deadweight.models.planes import FLOATS, Way, coded, split, uncoded
from deadweight.squeezing.lossless.chunks import CHUNK
from deadweight.squeezing.lossless.exponents import pack, unpack

_HEAD, _CHUNK_HEAD = 19, 15


def _normal(count: int, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.random.default_rng(seed).normal(0, 0.04, count).astype(np.float32)


def _bfloat16(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bytes:
    return (values.view(np.uint32) >> 16).astype("<u2").tobytes()


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.sampled_from(sorted(FLOATS | {"int8", "int64", "bool", "float8_e4m3fn", "complex64"})), st.binary(max_size=900)
)
def test_any_bytes_of_any_dtype_come_back(dtype: str, body: bytes) -> None:
    whole = body[: len(body) // (BITS[dtype] // 8) * (BITS[dtype] // 8)]
    assert unpack(pack(whole, dtype)) == whole


@pytest.mark.parametrize("dtype", sorted(FLOATS))
def test_not_a_number_infinity_and_both_zeros_keep_their_bits(dtype: str) -> None:
    width = BITS[dtype] // 8
    odd = np.arange(1 << 16, dtype="<u2")
    body = b"".join(bytes(width - 2) + word.tobytes() for word in odd)
    assert unpack(pack(body, dtype)) == body


def _first_version(body: bytes, width: int, *, floats: bool) -> bytes:
    """A body of one chunk as version 1 wrote it."""
    head = struct.pack("<BBBQ8s", 1, width, floats, len(body), blake3(body).digest(length=8))
    stored = [coded(plane) for plane in split(body, width, floats=floats)]
    return head + b"".join(struct.pack("<BI", way, len(plane)) + plane for way, plane in stored)


@pytest.mark.parametrize(("dtype", "width"), [("bfloat16", 2), ("float32", 4), ("float64", 8), ("int32", 4)])
def test_a_body_of_the_first_version_is_read(dtype: str, width: int) -> None:
    body = np.random.default_rng(7).normal(0, 0.04, 5000).astype(f"<f{width}").tobytes()
    assert unpack(_first_version(body, width, floats=dtype in FLOATS)) == body


def test_a_version_that_is_not_known_is_refused() -> None:
    with pytest.raises(Corrupt, match="versions 1 to 2"):
        unpack(b"\x03" + pack(b"1234", "float32")[1:])


@pytest.mark.parametrize(("dtype", "least"), [("bfloat16", 1.51), ("float32", 1.205), ("float64", 1.08)])
def test_normal_weights_take_no_more_than_their_exponents_entropy_and_little_else(dtype: str, least: float) -> None:
    drawn = np.random.default_rng(8).normal(0, 0.04, CHUNK // 2)
    body = _bfloat16(drawn.astype(np.float32)) if dtype == "bfloat16" else drawn.astype(dtype).tobytes()
    assert len(body) / len(pack(body, dtype)) > least


def test_weights_that_repeat_are_coded_by_their_repeats() -> None:
    rows = np.tile(_normal(1000), 50)
    assert len(rows.tobytes()) / len(pack(rows.tobytes(), "float32", (50, 1000))) > 15


def test_tables_whose_elements_recur_are_coded_whole() -> None:
    angles = np.outer(np.arange(258), np.arange(256)) * (2 * np.pi / 256)
    table = np.cos(angles).astype(np.float32)
    body = table.tobytes()
    packed = pack(body, "float32", table.shape)
    assert len(packed) < 0.6 * len(body)
    assert unpack(packed) == body


def test_float32_that_holds_fewer_bits_is_coded_as_such() -> None:
    halves = _normal(CHUNK // 4).astype(np.float16).astype(np.float32).tobytes()
    assert len(halves) / len(pack(halves, "float32")) > 2.2


def test_a_tensor_of_several_chunks_comes_back_whole() -> None:
    body = _normal(2 * CHUNK + 12345).tobytes()
    assert unpack(pack(body, "float32")) == body


def test_float32_of_normal_weights_becomes_a_sixth_smaller() -> None:
    body = _normal(CHUNK).tobytes()
    assert len(body) / len(pack(body, "float32")) > 1.19


def test_bfloat16_of_normal_weights_becomes_a_third_smaller() -> None:
    body = _bfloat16(_normal(CHUNK))
    assert len(body) / len(pack(body, "bfloat16")) > 1.48


def test_exponents_cost_within_a_tenth_of_a_bit_of_their_entropy() -> None:
    plane = split(_normal(CHUNK).tobytes(), 4, floats=True)[-1]
    counts = np.bincount(np.frombuffer(plane, dtype=np.uint8))
    shares = counts[counts > 0] / len(plane)
    way, body = coded(plane)
    assert way is Way.LITERALS
    assert 8 * len(body) / len(plane) < float(-(shares * np.log2(shares)).sum()) + 0.1


def test_low_bytes_of_two_values_take_a_bit_each() -> None:
    plane = np.random.default_rng(2).choice(np.array([0, 128], dtype=np.uint8), 1 << 18).tobytes()
    way, body = coded(plane)
    assert (way, len(body)) == (Way.SYMBOLS, (1 << 15) + 3)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 16])
@pytest.mark.parametrize("length", [1, 7, 8, 1001])
def test_planes_of_few_symbols_come_back(count: int, length: int) -> None:
    symbols = np.arange(200, 200 + count, dtype=np.uint8)
    plane = np.random.default_rng(count).choice(symbols, length).tobytes()
    assert uncoded(*coded(plane), length) == plane


def test_noise_is_left_as_it_is_and_costs_no_more_than_its_heads() -> None:
    body = np.random.default_rng(3).bytes(4096)
    assert len(pack(body, "int32")) == len(body) + _HEAD + _CHUNK_HEAD + 4 * 5


def test_what_repeats_is_coded_by_its_repeats() -> None:
    drawn = np.random.default_rng(4)
    words = [drawn.bytes(12) for _ in range(300)]
    plane = b"".join(words[int(which)] for which in drawn.integers(0, 300, 9000))
    assert coded(plane)[0] is Way.REPEATS
    assert uncoded(*coded(plane), len(plane)) == plane


@pytest.mark.parametrize("dtype", sorted(FLOATS))
def test_the_estimate_and_the_coder_see_the_same_planes(dtype: str) -> None:
    width = BITS[dtype] // 8
    body = np.random.default_rng(5).bytes(width * 1000)
    planes = split(body, width, floats=True)
    exponents = np.frombuffer(body, dtype=np.uint8).reshape(-1, width)[:, -2:].copy().view("<u2").ravel()
    assert planes[-1] == (exponents >> 7).astype(np.uint8).tobytes()
    assert unpack(pack(body, dtype)) == body


def test_an_empty_tensor_comes_back_empty() -> None:
    assert unpack(pack(b"", "float32")) == b""


def test_a_chunk_in_a_way_that_is_not_known_is_refused() -> None:
    for way in (1, 4):
        packed = bytearray(pack(np.arange(400, dtype="<i4").tobytes(), "int32"))
        packed[_HEAD] = way
        with pytest.raises(Corrupt, match="coded in the way"):
            unpack(bytes(packed))


def test_half_an_element_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole elements"):
        pack(b"123", "float32")


@pytest.mark.parametrize("shape", [(300,), (3, 100)])
def test_every_cut_is_seen_and_no_flipped_byte_changes_what_comes_out(shape: tuple[int, ...]) -> None:
    scales = np.repeat(np.array([1, 64, 4096], np.float32), 100)
    body = (_normal(300) * scales).tobytes()
    packed = pack(body, "float32", shape)
    for at in range(len(packed)):
        with pytest.raises(Corrupt):
            unpack(packed[:at])
        with suppress(Corrupt):
            assert unpack(packed[:at] + bytes((packed[at] ^ 0x5A,)) + packed[at + 1 :]) == body


def test_more_bytes_behind_a_coded_tensor_are_refused() -> None:
    with pytest.raises(Corrupt):
        unpack(pack(b"1234", "float32") + b"\0")


def test_a_body_that_unpacks_to_more_than_its_shape_says_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Corrupt, match="its shape says 4"):
        unpack(pack(bytes(64 << 20), "float32"), 4)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.integers(0, 255), st.binary(max_size=60), st.integers(0, 1000))
def test_a_plane_of_any_bytes_is_read_or_refused(way: int, body: bytes, length: int) -> None:
    with suppress(Corrupt):
        assert len(uncoded(way, body, length)) == length
