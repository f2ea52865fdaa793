"""bfloat16, which numpy lacks, held in float32."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.models.bfloat16 import from_words, words_of
from deadweight.squeezing.storing.dtypes import as_dtype


def test_every_word_comes_back_as_it_was() -> None:
    words = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16)
    assert np.array_equal(words_of(from_words(words)), words)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**127), max_value=2.0**127))
def test_a_value_becomes_the_nearest_word_and_of_two_the_even_one(value: float) -> None:
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    below, rest = bits >> 16, bits & 0xFFFF
    above = below + 1
    wanted = above if rest > 0x8000 or (rest == 0x8000 and below & 1) else below
    assert int(words_of(np.array([value], np.float32))[0]) == wanted


def test_what_is_no_number_stays_none() -> None:
    quiet = np.array([0x7F800001, 0xFF800001, 0x7FC00000], np.uint32).view(np.float32)
    assert np.isnan(from_words(words_of(quiet))).all()
    assert np.array_equal(as_dtype(np.array([np.inf, -np.inf], np.float32), "bfloat16"), [np.inf, -np.inf])


def test_a_single_value_has_the_shape_of_one() -> None:
    one = from_words(np.array(0x3FC0, np.uint16))
    assert (one.shape, float(one)) == ((), 1.5)
    assert words_of(one).shape == words_of(np.array(1.0 / 3, np.float32)).shape == ()


def test_what_is_no_number_keeps_its_words_beside_what_is_rounded() -> None:
    values = np.array([0x7F810000, 0x3F80C000, 0xFFC10000], np.uint32).view(np.float32)
    assert words_of(values).tolist() == [0x7F81, 0x3F81, 0xFFC1]


def test_other_dtypes_are_those_of_numpy() -> None:
    assert as_dtype(np.array([1.5], np.float32), "float16").dtype == np.float16
