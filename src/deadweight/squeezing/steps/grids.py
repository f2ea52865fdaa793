"""Weights on a grid: a step for each row, and how many of them each weight is; what a file keeps in its own format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

FINEST = 0.0
"""The share that asks for the finest grid whose codes still go into eight bits."""
SMALLEST = 4096
_BYTE = 127


@dataclass(frozen=True, slots=True)
class Grid:
    """Codes of eight or sixteen bits in the shape of the tensor, and the float32 steps, which broadcast to them."""

    codes: NDArray[np.int8] | NDArray[np.int16]
    steps: NDArray[np.float32]

    def weights(self) -> NDArray[np.float32]:
        """What it stands for: the product that a runtime computes too."""
        return self.codes.astype(np.float32) * self.steps


def is_fitting(tensor: Array) -> bool:
    """Whether a grid is worth the while: float32, two axes, 4,096 elements, all of them finite."""
    large = tensor.dtype == np.float32 and tensor.ndim >= 2 and tensor.size >= SMALLEST
    return large and bool(np.isfinite(tensor).all())


def on_grid(tensor: Array, axis: int, share: float, *, binary: bool = False) -> Grid | None:
    """The tensor with a step for each index of the axis, `share` times the root mean square of what it holds.

    Steps of `binary` are powers of two, so that the products end in zero bytes. Weights are never clipped: a few huge
    ones carry a model (measured: MiniLM falls to 68 % when one weight a layer is). None where a code takes more than
    sixteen bits.
    """
    values = np.asarray(tensor, dtype=np.float64)
    others = tuple(one for one in range(values.ndim) if one != axis)
    if share > FINEST:
        steps = share * np.sqrt(np.mean(values**2, axis=others, keepdims=True))
    else:
        steps = np.max(np.abs(values), axis=others, keepdims=True) / _BYTE
    steps = np.where(steps > np.finfo(np.float32).tiny, steps, 1.0)
    if binary:
        steps = 2.0 ** np.floor(np.log2(steps))
    held = steps.astype(np.float32)
    codes = np.rint(values / held.astype(np.float64))
    most = float(np.abs(codes).max(initial=0.0))
    if most > np.iinfo(np.int16).max:
        return None
    return Grid(codes.astype(np.int8 if most <= _BYTE else np.int16), held)
