"""Four bits a weight, a step for each group of columns in a row, embeddings included.

The step is the one of a few that leaves the least error: the largest weight of a group may be clipped for the others.
"""

from __future__ import annotations

import numpy as np

from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.rounding.codes import Codes, Reals, held
from deadweight.squeezing.rounding.grid import on_grid
from deadweight.squeezing.storing.squeezed import Squeezed

LARGEST = 7
_CLIPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
"""Steps that are tried, in shares of the one that clips nothing."""


def _squeeze(layer: Layer, group: float) -> Squeezed:
    """`group` is the number of columns that share a step."""
    width, rows = int(group), layer.rows
    filled = np.pad(rows, ((0, 0), (0, -rows.shape[1] % width)))
    groups = filled.reshape(rows.shape[0], filled.shape[1] // width, width)
    steps = _steps(groups)
    found = _codes(groups, steps).reshape(filled.shape)[:, : rows.shape[1]]
    return on_grid(layer, found, steps, width)


def _codes(groups: Reals, steps: Reals) -> Codes:
    return np.clip(np.rint(groups / steps[..., None]), -LARGEST, LARGEST).astype(np.int32)


def _steps(groups: Reals) -> Reals:
    """The step of each group (rows, groups) with the least squared error."""
    peaks = np.abs(groups).max(axis=2, initial=0.0) / LARGEST
    best, least = held(peaks), np.full(peaks.shape, np.inf)
    for clip in _CLIPS:
        steps = held(peaks * clip)
        error = ((groups - _codes(groups, steps) * steps[..., None]) ** 2).sum(axis=2)
        best = np.where(error < least, steps, best)
        least = np.minimum(error, least)
    return best


METHOD = Method(
    name="int4",
    summary="4 bits a weight, a step for each group of columns",
    squeeze=_squeeze,
    loss=0.15,
    factors=(32.0, 64.0, 128.0),
)
