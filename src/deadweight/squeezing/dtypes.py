"""Dtypes by name, with the one that numpy lacks: bfloat16 is held in float32, whose upper half it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

BFLOAT16 = "bfloat16"
_WHOLE = (f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
KNOWN = frozenset({"bool", "float16", "float32", "float64", BFLOAT16, *_WHOLE})
FLOATS = frozenset({"float16", "float32", "float64", BFLOAT16})


def as_dtype(values: Array, dtype: str) -> Array:
    """The values rounded to the dtype, to the nearest and to even; bfloat16 as float32."""
    if dtype != BFLOAT16:
        return values.astype(dtype, copy=False)
    return from_words(words_of(values))


def words_of(values: Array) -> NDArray[np.uint16]:
    """The values as words of bfloat16, rounded to the nearest and to even; what is no number stays none."""
    bits = np.asarray(values, dtype=np.float32).ravel().view(np.uint32)
    if not int(np.bitwise_or.reduce(bits, initial=0)) & 0xFFFF:
        return (bits >> 16).astype(np.uint16).reshape(np.shape(values))
    upper = bits >> 16
    words = ((bits + ((upper & 1) + np.uint32(0x7FFF))) >> 16).astype(np.uint16)
    broken = np.isnan(values).ravel()
    if broken.any():
        words[broken] = np.where(upper & 0x7F, upper, upper | 0x40)[broken]
    return words.reshape(np.shape(values))


def from_words(words: NDArray[np.uint16]) -> Array:
    """What words of bfloat16 stand for, as float32."""
    return np.asarray(words.astype(np.uint32) << 16).view(np.float32)
