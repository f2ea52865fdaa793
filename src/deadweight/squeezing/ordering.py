"""Slices of a tensor that are of a like scale are put side by side, so that one Huffman code fits each stretch.

Rows, channels and the taps of a window have scales of their own, and a code table holds for 16 kB. What is stored of
the order is a class for each slice, not its place. Measured on exponents in bfloat16: CREPE full 2.87 bits as they lie,
2.49 by the best axis; encoders of voices 2.81 and 2.64.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_SAMPLE = 1 << 16
"""Elements that tell the scales of one axis, at least `_FEWEST` of each slice."""
_FEWEST = 64
_DEPTH = 24
"""Exponents further below the largest count as that far: zeros have none."""
_CLASSES = 4
"""Classes to a factor of two."""
_NARROWEST = 0.0625
"""The least variance that exponents of a slice are taken to have."""
_CLASS_BITS = 4.0
"""What a slice's class costs, about."""
_LEAST = 0.004
"""Bits an element below which the order is left: it takes time."""


@dataclass(frozen=True, slots=True)
class Order:
    """Elements as (outer, slices, inner), and the class of each slice, along which slices are sorted."""

    inner: int
    classes: Bytes

    def sorted(self, plane: Bytes) -> Bytes:
        """The plane slice by slice, those of the lowest class first."""
        return self._slices(plane)[self._places].ravel()

    def restored(self, plane: Bytes) -> Bytes:
        """The plane as it lay before."""
        whole = np.empty_like(plane)
        slices = self._slices(whole)
        slices[self._places] = plane.reshape(slices.shape)
        return whole

    @property
    def _places(self) -> NDArray[np.intp]:
        return np.argsort(self.classes, kind="stable")

    def _slices(self, plane: Bytes) -> Bytes:
        return plane.reshape(-1, len(self.classes), self.inner).swapaxes(0, 1)


def order_of(exponents: Bytes, shape: tuple[int, ...]) -> Order | None:
    """The order by the axis that saves most, as a sample tells; None where none saves enough."""
    lowest = max(0, int(exponents.max(initial=0)) - _DEPTH)
    best, least = None, _LEAST * exponents.size
    for axis, slices in enumerate(shape):
        inner, outer = prod(shape[axis + 1 :]), prod(shape[:axis])
        if slices > 1 and inner * outer >= _FEWEST:
            means, saved = _saved(np.maximum(_some(exponents.reshape(outer, slices, inner)), lowest) - lowest)
            bits = saved * exponents.size - _CLASS_BITS * slices
            if bits > least:
                classes = np.minimum((means - means.min()) * _CLASSES, 255).astype(np.uint8)
                best, least = Order(inner, classes), bits
    return best


def _some(exponents: Bytes) -> Bytes:
    """Fewer elements of each slice, as (slices, elements)."""
    outer, slices, inner = exponents.shape
    skipped = max(1, inner * outer // max(_FEWEST, _SAMPLE // slices))
    across = min(outer, skipped)
    return exponents[::across, :, :: max(1, skipped // across)].swapaxes(0, 1).reshape(slices, -1)


def _saved(seen: Bytes) -> tuple[NDArray[np.float32], float]:
    """The mean of each slice, and the bits that an element saves, as if exponents were normal about their mean."""
    numbers, count = seen.astype(np.float32), seen.shape[1]
    means = numbers @ np.full(count, 1 / count, np.float32)
    within = max(0.0, float(np.vdot(numbers, numbers)) / seen.size - float(np.vdot(means, means)) / len(means))
    between = max(0.0, float(means.var()) - within / count)
    return means, 0.5 * log2(1 + between / (within + _NARROWEST))
