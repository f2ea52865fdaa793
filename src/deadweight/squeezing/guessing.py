"""About how many bytes a squeezed model takes, by a few weights of each of its tensors."""

from __future__ import annotations

from math import prod

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.method import Choice, Kind, Layer
from deadweight.squeezing.squeezing import Weights, kept, taken

ROWS = 64
ELEMENTS = 1 << 15
"""Rows and elements of a tensor that are looked at."""


def guessed(weights: Weights, choice: Choice) -> float:
    """Bytes of the tensors, all but the names; of each some weights are rounded as if nothing was known of its inputs.

    Feedback moves no more than a few hundredths of the bytes: measured on CREPE and EasyOCR, what is made is at most
    8 % away.
    """
    names = taken(weights, choice)
    rest = sum(_plain(weights, name, choice) for name in weights.tensors if name not in names)
    return rest + sum(_squeezed(weights, name, choice) for name in names)


def _plain(weights: Weights, name: str, choice: Choice) -> int:
    one = weights.tensors[name]
    return one.nbytes if choice.method.is_exact else kept(one, weights.dtype(name)).nbytes


def _squeezed(weights: Weights, name: str, choice: Choice) -> float:
    tensor, kind = weights.tensors[name], weights.kinds.get(name, Kind.LAYER)
    few, every = _few(tensor, kind)
    if not few.size:
        return 0.0
    lookups = weights.calibration.tables.get(name)
    layer = Layer(
        few,
        weights.dtype(name),
        kind,
        lookups=lookups[::every] if lookups is not None else None,
        share=choice.shares.get(name, 1.0),
    )
    parts = choice.method.squeeze(layer, choice.factor).parts
    times = tensor.size / few.size
    return sum(one.nbytes * (every if one.shape == (len(few), 1) else times) for one in parts.values() if one.size > 1)


def _few(tensor: Array, kind: Kind) -> tuple[Array, int]:
    """Some rows of some columns, evenly spread, and how many rows each of them stands for."""
    first = prod(tensor.shape[:-1]) if kind is Kind.GATES else tensor.shape[0] if tensor.ndim else 1
    rows = tensor.reshape(first, -1) if tensor.size else np.zeros((0, 1), tensor.dtype)
    every = max(1, len(rows) // ROWS)
    chosen = rows[::every]
    apart = max(1, chosen.size // ELEMENTS)
    return np.ascontiguousarray(chosen[:, ::apart]), every
