"""Tensors whose every bit is stored: exponents apart from mantissas, each plane coded as it allows."""

from __future__ import annotations

import numpy as np

from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.squeezing.lossless.exponents import pack, unpack
from deadweight.squeezing.method import Layer
from deadweight.squeezing.storing.dtypes import BFLOAT16
from deadweight.squeezing.storing.squeezed import Squeezed

FORM = "exponents"


def as_exponents(layer: Layer, dtype: str) -> Squeezed:
    """The layer held in the dtype, its own or bfloat16, without any other loss."""
    is_word = dtype == BFLOAT16
    held = words_of(layer.tensor) if is_word else layer.tensor
    body = pack(_body(held), dtype, held.shape)
    parts = {"body": np.frombuffer(body, dtype=np.uint8)}
    return Squeezed(layer.tensor.shape, layer.dtype, FORM, parts, {"bfloat16": int(is_word)})


def from_exponents(one: Squeezed) -> Array:
    """The tensor again, bfloat16 as float32; raises Corrupt where it is not as long as the shape says."""
    is_word = bool(one.about["bfloat16"])
    kind = np.dtype("<u2") if is_word else np.dtype(one.dtype).newbyteorder("<")
    body = unpack(one.parts["body"].data, one.elements * kind.itemsize)
    held = np.frombuffer(body, dtype=kind).reshape(one.shape)
    if is_word:
        return from_words(held) if one.dtype == BFLOAT16 else from_words(held).astype(one.dtype, copy=False)
    return held.astype(one.dtype, copy=False)


def _body(held: Array) -> memoryview:
    """The elements in order, little-endian."""
    return np.ascontiguousarray(held.astype(held.dtype.newbyteorder("<"), copy=False)).reshape(-1).view(np.uint8).data
