"""Rounding with error feedback: the error of a column is made good by the columns that are not rounded yet.

Source: GPTQ (Frantar et al., 2022), with a uniform step and codes without bound: one weight in a layer may be a hundred
times the others (measured: 80 to 175 times the root mean square in each feed-forward layer of MiniLM), and clipping it
destroys the model.
"""

from __future__ import annotations

import numpy as np

from deadweight.squeezing.rounding import DEAD_ZONE, Codes, Reals, codes

BLOCK = 128
DAMPING = 0.01
_TRIES = 4
WIDEST = 2048
"""Columns that are made good by each other; wider layers (convolutions) are taken in stretches of `STRETCH`."""
STRETCH = 1024


def fed_back(weights: Reals, moments: Reals, steps: Reals, dead_zone: float = DEAD_ZONE) -> Codes:
    """The codes of the weights (rows, columns); `steps` is (rows, 1) or (1, 1).

    `moments` is the sum of the outer products of the layer's inputs, (columns, columns), or (stretches, STRETCH,
    STRETCH) for a layer that is taken in stretches. Raises LinAlgError where the moments are no such sum.
    """
    if moments.ndim == 2:
        return _one_stretch(weights, moments, steps, dead_zone)
    pieces = [
        _one_stretch(weights[:, at * STRETCH : (at + 1) * STRETCH], _cut(weights, at, part), steps, dead_zone)
        for at, part in enumerate(moments)
    ]
    return np.concatenate(pieces, axis=1)


def _cut(weights: Reals, at: int, part: Reals) -> Reals:
    """The moments of a stretch without the filling of the last one."""
    width = min(STRETCH, weights.shape[1] - at * STRETCH)
    return part[:width, :width]


def _one_stretch(weights: Reals, moments: Reals, steps: Reals, dead_zone: float) -> Codes:
    order = np.argsort(-np.diag(moments), kind="stable")
    upper = _upper(moments[np.ix_(order, order)])
    left = weights[:, order].copy()
    found = np.zeros(left.shape, dtype=np.int32)
    step = np.broadcast_to(steps, (left.shape[0], 1))[:, 0]
    for start in range(0, left.shape[1], BLOCK):
        stop = min(start + BLOCK, left.shape[1])
        errors = np.zeros((left.shape[0], stop - start))
        inner = upper[start:stop, start:stop]
        for column in range(stop - start):
            code = codes(left[:, start + column], step, dead_zone)
            found[:, start + column] = code
            error = (left[:, start + column] - code * step) / inner[column, column]
            left[:, start + column : stop] -= np.outer(error, inner[column, column:])
            errors[:, column] = error
        left[:, stop:] -= errors @ upper[start:stop, stop:]
    given = np.empty_like(found)
    given[:, order] = found
    return given


def _upper(moments: Reals) -> Reals:
    """The upper factor of the inverse of the damped moments; an input that was always zero gives nothing."""
    damped = moments.astype(np.float64)
    silent = np.diag(damped) <= 0
    damped[silent, :] = 0.0
    damped[:, silent] = 0.0
    damped[silent, silent] = 1.0
    added = DAMPING * float(np.mean(np.diag(damped)))
    for _ in range(_TRIES - 1):
        damped[np.diag_indices_from(damped)] += added
        try:
            return _factor(damped)
        except np.linalg.LinAlgError:  # sums in single precision of inputs that hardly vary
            added *= 10
    return _factor(damped)


def _factor(damped: Reals) -> Reals:
    inverse = np.asarray(np.linalg.inv(damped), dtype=np.float64)
    return np.asarray(np.linalg.cholesky((inverse + inverse.T) / 2).T, dtype=np.float64)
