"""How the inputs of a layer go together: what an error at one of them does to the outputs, through the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deadweight.squeezing.rounding.codes import Floats, Reals

DAMPING = 0.01
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of each stretch in the order in which they are rounded (stretches, width), and what they carry on.

    `carried` is (stretches, width, width), in that order, upper, its diagonal 1: how much of the error of the first
    column the second one makes good.
    """

    columns: NDArray[np.intp]
    carried: Floats


@dataclass(slots=True)
class Coupling:
    """The sum of the outer products of a layer's inputs, around their mean or not, and what follows of it.

    `moments` is (columns, columns), or (stretches, STRETCH, STRETCH) where a layer is taken in stretches. `damping` is
    what is added to each, in shares of their mean.
    """

    moments: Floats | None
    damping: float = DAMPING
    known: Order | None = None

    @property
    def width(self) -> int:
        """How many columns go together."""
        return int(self.order.columns.shape[1])

    @property
    def order(self) -> Order:
        """Worked out once, and kept instead of the sum; raises LinAlgError where the moments are no such sum."""
        if self.known is None and self.moments is not None:
            self.known = _order(self.moments if self.moments.ndim > 2 else self.moments[None], self.damping)
            self.moments = None
        if self.known is None:
            raise ValueError("a coupling is of moments")
        return self.known


def _order(moments: Floats, damping: float) -> Order:
    columns = np.argsort(-np.diagonal(moments, axis1=1, axis2=2), axis=1, kind="stable")
    carried = np.empty_like(moments)
    for at, (part, order) in enumerate(zip(moments, columns, strict=True)):
        carried[at] = _carried(part[np.ix_(order, order)], damping)
    return Order(columns, carried)


def _carried(moments: Floats, damping: float) -> Reals:
    """The upper factor R of the damped moments, R R^T, its columns divided by its diagonal.

    Error e costs |e R|^2, and column j of that sees no error but those of columns up to j: to round each to the nearest
    after what the ones before carry on to it is what GPTQ does, without an inverse (Chen et al., 2025: it is Babai's
    nearest plane). An input that was always zero carries nothing.
    """
    damped = moments.astype(np.float64)
    silent = np.diag(damped) <= 0
    damped[silent, :] = 0.0
    damped[:, silent] = 0.0
    heard = np.diag(damped)[~silent]
    added = damping * float(np.mean(heard)) if heard.size else 1.0
    for _ in range(_TRIES - 1):
        damped[np.diag_indices_from(damped)] += added
        try:
            return _upper(damped)
        except np.linalg.LinAlgError:  # sums in single precision of inputs that hardly vary
            added *= 10
    return _upper(damped)


def _upper(damped: Reals) -> Reals:
    upper = np.linalg.cholesky(damped[::-1, ::-1])[::-1, ::-1]
    return np.asarray(upper / np.diag(upper), dtype=np.float64)
