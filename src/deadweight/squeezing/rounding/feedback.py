"""Rounding with error feedback: the error of a column is made good by the columns that are not rounded yet.

Source: GPTQ (Frantar et al., 2022), with a uniform step and codes without bound: one weight in a layer may be a hundred
times the others (measured: 80 to 175 times the root mean square in each feed-forward layer of MiniLM), and clipping it
destroys the model.
"""

from __future__ import annotations

import numpy as np

from deadweight.squeezing.rounding.both_sides import fed_both
from deadweight.squeezing.rounding.codes import Codes, Floats, Reals, codes
from deadweight.squeezing.rounding.coupling import Coupling, Order

BLOCK = 32
WIDEST = 2048
"""Columns that are made good by each other; wider layers (convolutions) are taken in stretches of `STRETCH`."""
STRETCH = 1024


def fed_back(weights: Reals, coupling: Coupling, steps: Reals, outputs: Coupling | None = None) -> Codes:
    """The codes of the weights (rows, columns); `steps` is (rows, 1) or (1, 1).

    With `outputs`, how errors of the rows go together, errors are made good by rows too, which have one step then.
    Raises LinAlgError where a coupling is of no sum of outer products.
    """
    order = coupling.order
    stretches, width = order.columns.shape
    filled = np.zeros((len(weights), stretches * width), order.carried.dtype)
    filled[:, : weights.shape[1]] = weights / steps
    parts = filled.reshape(len(weights), stretches, width).transpose(1, 0, 2)
    ordered = np.take_along_axis(parts, order.columns[:, None], axis=2)
    found = _rounded(ordered, order) if outputs is None else fed_both(ordered, order, outputs)
    given = np.empty_like(found)
    np.put_along_axis(given, np.broadcast_to(order.columns[:, None], found.shape), found, axis=2)
    return given.transpose(1, 0, 2).reshape(filled.shape)[:, : weights.shape[1]]


def _rounded(weights: Floats, order: Order) -> Codes:
    """The codes of weights in steps (stretches, rows, columns), all stretches at once: they know nothing of another."""
    wanted, found = weights.copy(), np.zeros(weights.shape, dtype=np.int32)
    for start in range(0, weights.shape[2], BLOCK):
        block = slice(start, min(start + BLOCK, weights.shape[2]))
        inner = order.carried[:, block, block]
        wished, errors = wanted[:, :, block], np.empty_like(weights[:, :, block])
        for column in range(errors.shape[2]):
            code = codes(wished[:, :, column], 1.0)
            errors[:, :, column] = weights[:, :, start + column] - code
            wished[:, :, column + 1 :] += errors[:, :, column, None] * inner[:, None, column, column + 1 :]
            found[:, :, start + column] = code
        wanted[:, :, block.stop :] += errors @ order.carried[:, block, block.stop :]
    return found
