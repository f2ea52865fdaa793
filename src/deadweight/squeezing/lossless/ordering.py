"""Slices of a tensor that are of a like scale are put side by side, so that one Huffman code fits each stretch.

Rows, channels and the taps of a window have scales of their own, and a code table holds for 16 kB. What is stored of
the order is a class for each slice, not its place. Measured in bfloat16: CREPE full 1.533 times smaller, 1.481 as it
lies; CREPE tiny 1.511 and 1.477; an encoder of voices with its optimizer 1.585 and 1.544; EfficientNet 1.509 and 1.507.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
_SAMPLE, _SHARE, _MORE = 1 << 16, 8, 2
"""Elements that tell which axis it is, the part of all that is enough, and how many times as many tell the classes."""
_FEWEST = 32
"""Elements of a slice, at least."""
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
    best, least = None, _LEAST * exponents.size
    few = min(_SAMPLE, exponents.size // _SHARE)
    for axis, slices in enumerate(shape):
        inner, outer = prod(shape[axis + 1 :]), prod(shape[:axis])
        if slices > 1 and inner * outer >= _FEWEST:
            along = exponents.reshape(outer, slices, inner)
            saved = _saved(_some(along, few)) * exponents.size - _CLASS_BITS * slices
            if saved > least:
                best, least = along, saved
    return None if best is None else Order(best.shape[2], _classes(_some(best, _MORE * _SAMPLE)))


def _some(along: Bytes, most: int) -> Floats:
    """About so many elements as (slices, elements), those far below the largest raised."""
    outer, slices, inner = along.shape
    skipped = max(1, inner * outer // max(_FEWEST, most // slices))
    across = min(outer, skipped)
    some = along[::across, :, :: max(1, skipped // across)].swapaxes(0, 1).reshape(slices, -1)
    lowest = max(0, int(some.max(initial=0)) - _DEPTH)
    return (np.maximum(some, lowest) - lowest).astype(np.float32)


def _classes(some: Floats) -> Bytes:
    means = _means(some)
    return np.asarray(np.minimum((means - means.min()) * _CLASSES, 255), dtype=np.uint8)


def _means(some: Floats) -> Floats:
    return some @ np.full(some.shape[1], 1 / some.shape[1], np.float32)


def _saved(some: Floats) -> float:
    """The bits that an element saves, as if exponents were normal about the mean of their slice."""
    means = _means(some)
    square = float(means @ means) / len(means)
    within = max(0.0, float(np.vdot(some, some)) / some.size - square)
    between = max(0.0, square - float(means.mean()) ** 2 - within / some.shape[1])
    return 0.5 * log2(1 + between / (within + _NARROWEST))
