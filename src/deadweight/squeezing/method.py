"""The seam of methods: what a way to make a tensor smaller is, what it is given, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

import numpy as np
from numpy.typing import NDArray

from deadweight.core.errors import UsageError
from deadweight.core.plugins import found, named
from deadweight.judging.array import Array
from deadweight.squeezing.rounding.codes import Reals
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.storing.squeezed import Squeezed


class Kind(StrEnum):
    """What the rows of a tensor are: each with a step of its own (`table`, `gates`), or all with one (`layer`).

    Those of `depthwise` convolutions have few weights each, which bear next to no rounding.
    """

    TABLE = "table"
    LAYER = "layer"
    GATES = "gates"
    DEPTHWISE = "depthwise"


@dataclass(frozen=True, slots=True)
class Layer:
    """One tensor to be made smaller, and what is known of it.

    `dtype` is the name that the file has for it: bfloat16 comes as float32, which holds it exactly. `coupling` is
    how its inputs go together, None where no calibration reached it; `is_turned` says that these go along the first
    axis. `outputs` is how errors of its outputs go together in the answer, None where that was not measured: these are
    the rows of a layer, and the columns of a table. `lookups` says how often calibration looked up each row of a table.
    `share` is how much coarser it may be than the others.
    """

    tensor: Array
    dtype: str
    kind: Kind = Kind.LAYER
    coupling: Coupling | None = None
    is_turned: bool = False
    outputs: Coupling | None = None
    lookups: NDArray[np.int64] | None = None
    share: float = 1.0

    @property
    def rows(self) -> Reals:
        """The weights as (rows, columns), rows along the first axis; none of an empty tensor.

        Gates of an ONNX graph lie by direction first: each of their rows is one here.
        """
        first = self.tensor.shape[0] if self.tensor.ndim else 1
        if self.kind is Kind.GATES and self.tensor.ndim > 2:
            first = prod(self.tensor.shape[:-1])
        columns = self.tensor.size // first if first else 0
        return np.asarray(self.tensor, dtype=np.float64).reshape(first, columns)


@dataclass(frozen=True, slots=True)
class Method:
    """One way to make a tensor smaller.

    `squeeze` takes a layer and a factor, coarser as it grows. `factors` are all there are, finest first; none for a
    method that takes any, 1 being where a search begins. `loss` is the root mean square of the error that weights
    drawn from a normal distribution have at the finest factor (at 1 where it takes any), at most, in shares of theirs.
    `rank` orders what a search asks that was told no method, lowest first; 0 is never asked unless it is named. What
    `is_exact` gives back every bit, of tensors that are small or not finite too. What `follows` is given how
    errors of outputs go together, and asked once more for each linear layer, fitted to what the layers before it give
    when they are rounded.
    """

    name: str
    summary: str
    squeeze: Callable[[Layer, float], Squeezed]
    loss: float
    factors: tuple[float, ...] = ()
    rank: int = 0
    is_exact: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A method and how coarse it is; `shares` are factors by tensor name, from what rounding each one alone costs."""

    method: Method
    factor: float = 1.0
    shares: Mapping[str, float] = field(default_factory=dict)


def methods() -> Mapping[str, Method]:
    """Every method by its name."""
    return named(found("deadweight.squeezing.methods", "METHOD", Method))


def chosen(names: tuple[str, ...]) -> tuple[Method, ...]:
    """The methods of these names, in this order; of no names, those that a search asks, by rank.

    Raises UsageError for a name that no method has.
    """
    known = methods()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"no method is called {', '.join(unknown)}", advice=f"There are: {', '.join(sorted(known))}.")
    if names:
        return tuple(known[name] for name in dict.fromkeys(names))
    return tuple(sorted((one for one in known.values() if one.rank), key=lambda one: one.rank))
