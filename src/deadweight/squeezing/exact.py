"""Tensors whose every bit is stored: exponents apart from mantissas, each plane coded as it allows."""

from __future__ import annotations

import numpy as np

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.dtypes import BFLOAT16, as_dtype, from_words, words_of
from deadweight.squeezing.exponents import pack, unpack
from deadweight.squeezing.method import Layer
from deadweight.squeezing.squeezed import Squeezed

FORM = "exponents"


def as_exponents(layer: Layer, dtype: str) -> Squeezed:
    """The layer held in the dtype, its own or bfloat16, without any other loss."""
    is_word = dtype == BFLOAT16
    held = words_of(layer.tensor) if is_word else layer.tensor
    body = pack(np.ascontiguousarray(held.astype(held.dtype.newbyteorder("<"))).tobytes(), dtype)
    parts = {"body": np.frombuffer(body, dtype=np.uint8)}
    return Squeezed(layer.tensor.shape, layer.dtype, FORM, parts, {"bfloat16": int(is_word)})


def from_exponents(one: Squeezed) -> Array:
    """The tensor again; raises Corrupt where it is not as long as the shape says."""
    is_word = bool(one.about["bfloat16"])
    kind = np.dtype("<u2") if is_word else np.dtype(one.dtype).newbyteorder("<")
    body = unpack(one.parts["body"].tobytes())
    if len(body) != one.elements * kind.itemsize:
        raise Corrupt(f"{len(body)} bytes are no tensor of the shape {one.shape}")
    held = np.frombuffer(body, dtype=kind).reshape(one.shape)
    return as_dtype(from_words(held), one.dtype) if is_word else held.astype(one.dtype, copy=False)
