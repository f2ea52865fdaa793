"""Dtypes by name, with the one that numpy lacks: bfloat16 is held in float32, whose upper half it is."""

from __future__ import annotations

from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of

BFLOAT16 = "bfloat16"
_WHOLE = (f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
KNOWN = frozenset({"bool", "float16", "float32", "float64", BFLOAT16, *_WHOLE})
FLOATS = frozenset({"float16", "float32", "float64", BFLOAT16})


def as_dtype(values: Array, dtype: str) -> Array:
    """The values rounded to the dtype, to the nearest and to even; bfloat16 as float32."""
    if dtype != BFLOAT16:
        return values.astype(dtype, copy=False)
    return from_words(words_of(values))
