"""Weights become whole codes: a weight is about its code times a step."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int32]

DEAD_ZONE = 0.1
"""How much further than half a step a weight must be from zero to be rounded away from it.

Zeros cost the least to code; measured on MiniLM: a tenth saves 2 % of the bytes at the same cosine.
"""


def codes(weights: Reals, steps: Reals | float, dead_zone: float = DEAD_ZONE) -> Codes:
    """The code of each weight; `steps` is one for all, or an array that broadcasts to them."""
    scaled = weights / steps
    return np.asarray(np.sign(scaled) * np.floor(np.abs(scaled) + 0.5 - dead_zone), dtype=np.int32)


def row_steps(weights: Reals, share: float) -> Reals:
    """A step for each row, as a column: `share` times the row's root mean square; as float16 holds it."""
    return _held(share * np.sqrt(np.mean(weights**2, axis=1, keepdims=True)))


def one_step(weights: Reals, share: float) -> Reals:
    """One step for all weights, in an array of shape (1, 1): `share` times their root mean square."""
    return _held(share * np.sqrt(np.mean(weights**2)).reshape(1, 1))


def _held(steps: Reals) -> Reals:
    """What is left of the steps in storage, where a step of zero would divide by it."""
    kept = steps.astype(np.float16).astype(np.float64)
    return np.where(kept > 0, kept, float(np.finfo(np.float16).smallest_subnormal))
