"""Floats as symbols and the bits that are left of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.squeezing.lossless.splitting import Bytes, Parts, joined, packed, packed_length, split, turned, unpacked


def _parts(body: bytes, width: int, more: int) -> Parts:
    whole = np.frombuffer(body, np.uint8).reshape(-1, width)
    return split(whole, *turned(whole), more)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(st.sampled_from([2, 4, 8]), st.sampled_from([0, 2, 4]), st.binary(min_size=8, max_size=800))
def test_any_floats_come_back(width: int, more: int, body: bytes) -> None:
    whole = body[: len(body) // width * width]
    assert bytes(joined(_parts(whole, width, more))) == whole


def test_the_exponent_is_what_follows_the_sign_and_the_sign_is_last() -> None:
    exponents, rest = turned(np.array([0xC0A1], "<u2").view(np.uint8).reshape(1, 2))
    assert (exponents.tolist(), rest.tolist()) == ([0b10000001], [0b01000011])


def test_a_symbol_holds_the_place_of_the_exponent_and_two_bits_more() -> None:
    words = np.array([0x3F80, 0x3FE0, 0x4000, 0xBFA0], "<u2")
    parts = _parts(words.tobytes(), 2, 2)
    assert parts.table == bytes((127, 128))
    assert parts.symbols.tolist() == [0b000, 0b011, 0b100, 0b001]


def test_too_many_exponents_leave_the_mantissa_out_of_the_symbols() -> None:
    words = (np.arange(256) << 7).astype("<u2")
    parts = _parts(words.tobytes(), 2, 2)
    assert (parts.more, len(parts.table), len(parts.rest)) == (0, 256, 256)
    assert bytes(joined(parts)) == words.tobytes()


@pytest.mark.parametrize(("bits", "count"), [*product([8, 6, 4], [0, 1, 2, 3, 4, 5, 1001])])
def test_bits_that_are_nought_are_left_out_and_come_back(bits: int, count: int) -> None:
    rest: Bytes = np.random.default_rng(count).integers(0, 1 << bits, count).astype(np.uint8)
    stored = packed(rest, bits)
    assert len(stored) == packed_length(count, bits) <= -(-count * bits // 8) + 3
    assert np.array_equal(unpacked(stored, bits, count), rest)


def test_a_symbol_that_the_table_lacks_is_refused() -> None:
    none = np.zeros((1, 0), "<u2")
    with pytest.raises(Corrupt, match="lacks"):
        joined(Parts(2, b"\x7f", np.array([4], np.uint8), np.zeros(3, np.uint8), none))
