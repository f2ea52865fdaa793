"""Magnitude pruning: the smallest share of each layer becomes zero, the rest eight bits; zstd codes the zeros."""

from __future__ import annotations

import numpy as np

from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.methods.int8 import LARGEST
from deadweight.squeezing.rounding.codes import Reals, codes, peak_steps
from deadweight.squeezing.rounding.grid import on_grid
from deadweight.squeezing.storing.squeezed import Squeezed


def _squeeze(layer: Layer, share: float) -> Squeezed:
    rows = pruned(layer.rows, share)
    steps = peak_steps(rows, LARGEST)
    return on_grid(layer, codes(rows, steps, dead_zone=0.0), steps)


def pruned(weights: Reals, share: float) -> Reals:
    """The weights with that share of them, the smallest, set to zero."""
    count = int(share * weights.size)
    if not count:
        return weights
    limit = np.partition(np.abs(weights).ravel(), count - 1)[count - 1]
    return np.where(np.abs(weights) <= limit, 0.0, weights)


METHOD = Method(
    name="prune",
    summary="the smallest share of each layer to zero, the rest 8 bits a weight",
    squeeze=_squeeze,
    loss=0.03,
    factors=(0.1, 0.2, 0.3, 0.4, 0.5),
)
