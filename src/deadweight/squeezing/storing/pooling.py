"""Tensors that are not squeezed, stored together by dtype: many small ones cost no head each, and are coded as one.

Those whose names end alike, as biases do, lie side by side: their exponents are alike too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod

import numpy as np

from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.squeezing.lossless.exponents import pack, unpack
from deadweight.squeezing.storing.dtypes import BFLOAT16, KNOWN

POOL = "deadweight.plain"
"""What the stored names begin with; the dtype follows."""
Shapes = Mapping[str, Mapping[str, tuple[int, ...]]]


def shapes_of(plain: Mapping[str, Array], words: Mapping[str, str]) -> dict[str, dict[str, tuple[int, ...]]]:
    """The shapes of the tensors by the dtype that they are stored in, and by name."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for name in _ordered(plain):
        found.setdefault(words.get(name) or plain[name].dtype.name, {})[name] = plain[name].shape
    return found


def pooled(plain: Mapping[str, Array], words: Mapping[str, str]) -> Iterator[tuple[str, Array]]:
    """The pools by their stored names; what `words` calls bfloat16 is stored as such."""
    for dtype, shapes in shapes_of(plain, words).items():
        held = (words_of(plain[name]) if dtype == BFLOAT16 else plain[name] for name in shapes)
        body = b"".join(np.ascontiguousarray(one.astype(one.dtype.newbyteorder("<"))).tobytes() for one in held)
        yield f"{POOL}.{dtype}", np.frombuffer(pack(body, dtype), dtype=np.uint8)


def unpooled(said: Shapes, stored: Mapping[str, Array]) -> dict[str, Array]:
    """The tensors by name; raises KeyError, ValueError or Corrupt for pools that are not what is said of them."""
    more = stored.keys() - {f"{POOL}.{dtype}" for dtype in said}
    if more:
        raise ValueError(f"nothing is said of {', '.join(sorted(more)[:5])}")
    found: dict[str, Array] = {}
    for dtype, shapes in said.items():
        if dtype not in KNOWN:
            raise ValueError(f"a pool is of {dtype}")
        kind = np.dtype("<u2" if dtype == BFLOAT16 else dtype).newbyteorder("<")
        sizes = {name: prod(shapes[name]) for name in _ordered(shapes)}
        whole = np.frombuffer(unpack(stored[f"{POOL}.{dtype}"].tobytes(), sum(sizes.values()) * kind.itemsize), kind)
        at = 0
        for name, size in sizes.items():
            one = whole[at : at + size].reshape(shapes[name])
            found[name] = from_words(one) if dtype == BFLOAT16 else one
            at += size
    return found


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name.rpartition(".")[2], name))
