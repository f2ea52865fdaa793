"""Numbers in another dtype: the nearest there is, and what that did to them."""

from __future__ import annotations

import struct
from typing import Any

import ml_dtypes
import numpy
import numpy.typing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.core.conversion import Cast
from deadweight.models.casting import Casting, bytes_in, floats_of

SINGLES = some.lists(some.integers(0, (1 << 32) - 1), min_size=1, max_size=50)
DOUBLES = some.lists(some.floats(), min_size=1, max_size=50)


def cast(values: numpy.typing.NDArray[Any], target: str) -> tuple[bytes, Cast]:
    casting = Casting(Cast(values.dtype.name, target, 1), values.dtype.name)
    made = b"".join(casting.pieces(iter((values.tobytes()[:5], values.tobytes()[5:]))))
    return made, casting.told


def same(ours: numpy.typing.NDArray[Any], theirs: numpy.typing.NDArray[Any]) -> bool:
    """Equal numbers, nan where there is nan."""
    return bool(numpy.array_equal(ours.astype(numpy.float64), theirs.astype(numpy.float64), equal_nan=True))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(words=SINGLES)
def test_float32_becomes_the_bfloat16_that_ml_dtypes_makes_of_it(words: list[int]) -> None:
    values = numpy.array(words, dtype=numpy.uint32).view(numpy.float32)
    with numpy.errstate(all="ignore"):
        theirs = values.astype(ml_dtypes.bfloat16)
    assert same(floats_of(bytes_in(values, "bfloat16"), "bfloat16"), theirs)


def nearest_bfloat16(value: float) -> float:
    """By trying: the two around it, and the even one in the middle of them."""
    word = struct.unpack(">Q", struct.pack(">d", value))[0]
    low = struct.unpack(">d", struct.pack(">Q", word & ~((1 << 45) - 1)))[0]
    high = struct.unpack(">d", struct.pack(">Q", (word & ~((1 << 45) - 1)) + (1 << 45)))[0]
    if abs(value - low) != abs(high - value):
        return float(low if abs(value - low) < abs(high - value) else high)
    return float(low if not word >> 45 & 1 else high)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(value=some.floats(1e-30, 1e30) | some.integers(0, 1 << 40).map(lambda more: 1 + 2**-8 + more * 2**-52))
def test_float64_is_rounded_to_bfloat16_once_and_not_twice(value: float) -> None:
    made = floats_of(bytes_in(numpy.array([value]), "bfloat16"), "bfloat16")
    assert float(made[0]) == nearest_bfloat16(value)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(values=DOUBLES)
@pytest.mark.parametrize("target", ["float16", "float32", "float64"])
def test_other_dtypes_are_what_numpy_makes_of_them(target: str, values: list[float]) -> None:
    array = numpy.array(values)
    with numpy.errstate(all="ignore"):
        theirs = array.astype(target)
    assert same(floats_of(bytes_in(array, target), target), theirs)


def test_what_a_narrower_dtype_did_is_counted() -> None:
    values = numpy.array([1.0, 1.0 + 2**-20, 1e6, 1e-9, numpy.nan, numpy.inf, -0.0], dtype=numpy.float32)
    _, told = cast(values, "float16")
    assert told == Cast("float32", "float16", 1, 7, 3, 1, 1, 2**-20)


def test_numbers_that_fit_are_told_to_be_exact() -> None:
    values = numpy.array([0.5, -2.0, 65280.0, numpy.inf, numpy.nan], dtype=numpy.float32)
    for target in ("float16", "bfloat16"):
        made, told = cast(values, target)
        assert told.is_exact
        assert told.elements == 5
        assert same(floats_of(made, target), values)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(words=some.lists(some.integers(0, (1 << 16) - 1), min_size=1, max_size=50))
@pytest.mark.parametrize("source", ["bfloat16", "float16"])
def test_a_wider_dtype_holds_every_number_and_gives_it_back(source: str, words: list[int]) -> None:
    raw = numpy.array(words, dtype="<u2").tobytes()
    values = floats_of(raw, source)
    wide = bytes_in(values, "float32")
    back = floats_of(bytes_in(floats_of(wide, "float32"), source), source)
    assert same(back, values)
    assert not numpy.any(numpy.signbit(back[values == 0]) != numpy.signbit(values[values == 0]))
