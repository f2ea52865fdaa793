"""The weights of a layer that come nearest to what its outputs are to be, for the inputs that it is really given.

Rounding the layers before changes what comes to a layer. That is known, so it is made good in closed form before the
layer is rounded itself: ridge regression towards the weights that it has (Hoerl and Kennard 1970).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deadweight.squeezing.calibration.moments import Rows
from deadweight.squeezing.rounding.codes import Reals

RIDGE = 0.1
"""What is added to each input's square, in shares of their mean."""
SHARE = 0.5
"""How much of the way is gone: what few inputs say of many weights is half chance."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The weights (rows, columns), the moments of the inputs that they are for, and the means of both sides.

    The means are nothing where no bias can make them good.
    """

    weights: Reals
    moments: Reals
    inputs: Reals
    wanted: Reals

    def bias(self, rounded: Reals) -> Reals:
        """The bias with which the rounded weights have the mean that is wanted."""
        return self.wanted - rounded @ self.inputs


def fitted(weights: Reals, inputs: Rows, wanted: Rows, *, has_bias: bool) -> Fit:
    """Fit weights (rows, columns) to outputs (examples, rows) of inputs (examples, columns)."""
    means = [one.mean(axis=0, dtype=np.float64) * has_bias for one in (inputs, wanted)]
    given, left = inputs - means[0].astype(inputs.dtype), wanted - means[1].astype(wanted.dtype)
    left -= given @ weights.astype(given.dtype).T
    moments = (given.T @ given).astype(np.float64)
    damped = moments + np.eye(len(moments)) * (RIDGE * np.trace(moments) / len(moments) + np.finfo(np.float32).tiny)
    change = np.linalg.solve(damped, (given.T @ left).astype(np.float64)).T
    return Fit(weights + SHARE * change, moments, *means)
