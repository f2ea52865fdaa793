"""Rounding with error feedback on both sides: along the inputs of a layer, and along its outputs.

With H of the inputs and G of the outputs an error E of the weights (outputs, inputs) costs the trace of E^T G E H. Both
have factors, so that each weight makes good what those above it and to its left did, in one order after the other
(Tseng et al., 2025); all weights of a diagonal depend on none of it, and are rounded at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deadweight.squeezing.rounding.codes import Codes, Floats, codes
from deadweight.squeezing.rounding.coupling import Coupling, Order

BLOCK = 96


@dataclass(frozen=True, slots=True)
class _Sides:
    """What errors carry on: to later rows (rows, rows), and to later columns (columns, columns), both upper."""

    rows: Floats
    columns: Floats

    def of(self, rows: slice, columns: slice) -> _Sides:
        """Those within a block, its diagonals nothing."""
        return _Sides(np.triu(self.rows[rows, rows], 1), np.triu(self.columns[columns, columns], 1))


def fed_both(weights: Floats, order: Order, outputs: Coupling) -> Codes:
    """The codes of weights in steps, (stretches, rows, columns), their columns in `order`; rows in that of this."""
    across = outputs.order
    rows = across.columns[0]
    found = np.empty(weights.shape, dtype=np.int32)
    for stretch, carried in enumerate(order.carried):
        sides = _Sides(across.carried[0], carried)
        found[stretch, rows] = _rounded(np.asarray(weights[stretch, rows], dtype=np.float64), sides)
    return found


def _rounded(weights: Floats, sides: _Sides) -> Codes:
    """The codes, block by block; `errors` are of the weights, `seen` is what the columns make of them."""
    height, width = weights.shape
    found, errors, seen = np.empty(weights.shape, np.int32), np.empty_like(weights), np.empty_like(weights)
    for left in range(0, width, BLOCK):
        columns = slice(left, min(left + BLOCK, width))
        wished = weights[:, columns] + errors[:, :left] @ sides.columns[:left, columns]
        for top in range(0, height, BLOCK):
            rows = slice(top, min(top + BLOCK, height))
            above = seen[:top, columns].T @ sides.rows[:top, rows]
            block = _Block(weights[rows, columns], wished[rows], above, found[rows, columns])
            seen[rows, columns] = block.rounded(sides.of(rows, columns))
            errors[rows, columns] = block.weights - block.found
    return found


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of weights (rows, columns), and where their codes go.

    `wished` are the weights and what makes good the errors to their left, `above` (columns, rows) is what makes good
    besides what is seen of the rows above; both grow.
    """

    weights: Floats
    wished: Floats
    above: Floats
    found: Codes

    def rounded(self, sides: _Sides) -> Floats:
        """What the columns make of the errors, (rows, columns), once all of it is rounded."""
        height, width = self.weights.shape
        seen = np.empty_like(self.wished)
        for diagonal in range(height + width - 1):
            first, last = max(0, diagonal - width + 1), min(diagonal + 1, height)
            rows = np.arange(first, last)
            columns = diagonal - rows
            wished = self.wished[rows, columns]
            code = codes(wished + self.above[columns, rows], 1.0)
            self.found[rows, columns] = code
            seen[rows, columns] = wished - code
            errors = self.weights[rows, columns] - code
            self.wished[first:last] += errors[:, None] * sides.columns[columns]
            self.above[columns] += (wished - code)[:, None] * sides.rows[rows]
        return seen
