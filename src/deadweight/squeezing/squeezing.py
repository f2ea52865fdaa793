"""One choice of steps makes a squeezed model of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.coding import coded
from deadweight.squeezing.container import Squeezed, SqueezedModel
from deadweight.squeezing.feedback import fed_back
from deadweight.squeezing.rounding import Codes, Reals, codes, one_step, row_steps

SMALLEST = 4096
"""Elements below which a tensor is kept as it is, in float16 where that holds it."""
_NEAR = 2.0**-10


class Kind(StrEnum):
    """What the rows of a tensor are: each with a step of its own (`table`, `gates`), or all with one (`layer`)."""

    TABLE = "table"
    LAYER = "layer"
    GATES = "gates"


@dataclass(frozen=True, slots=True)
class Choice:
    """How coarse: steps in shares of the root mean square, for tables and for all else.

    `shares` are factors by tensor name, from what rounding each one alone costs.
    """

    table: float = 1.0
    layer: float = 0.75
    shares: Mapping[str, float] = field(default_factory=dict)

    def scaled(self, factor: float) -> Choice:
        """The same, coarser by a factor."""
        return Choice(self.table * factor, self.layer * factor, self.shares)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a model by name, the kind of each that is squeezed, and the moments of the inputs of layers."""

    tensors: Mapping[str, Array]
    kinds: Mapping[str, Kind]
    moments: Mapping[str, Reals] = field(default_factory=dict)


def squeezed(weights: Weights, choice: Choice) -> SqueezedModel:
    """The model at these steps."""
    small = {name: _kept(one) for name, one in weights.tensors.items() if name not in weights.kinds}
    dtypes = {
        name: weights.tensors[name].dtype.name
        for name, one in small.items()
        if one.dtype != weights.tensors[name].dtype
    }
    whole = {name: squeezed_tensor(weights, name, choice) for name in weights.kinds}
    recipe = {"table": choice.table, "layer": choice.layer, "shares": dict(choice.shares)}
    return SqueezedModel(whole, small, recipe, dtypes)


def squeezed_tensor(weights: Weights, name: str, choice: Choice) -> Squeezed:
    """One tensor at its step."""
    tensor, kind = weights.tensors[name], weights.kinds[name]
    rows = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    share = (choice.table if kind is Kind.TABLE else choice.layer) * choice.shares.get(name, 1.0)
    steps = one_step(rows, share) if kind is Kind.LAYER else row_steps(rows, share)
    found = _codes(rows, weights.moments.get(name), steps)
    return Squeezed(tensor.shape, tensor.dtype.name, coded(found), steps.astype(np.float16))


def _codes(rows: Reals, moments: Reals | None, steps: Reals) -> Codes:
    return codes(rows, steps) if moments is None else fed_back(rows, moments, steps)


def _kept(tensor: Array) -> Array:
    """A small tensor, in float16 where that is near enough: no value gone to infinity or to nothing."""
    if tensor.dtype.kind != "f" or tensor.dtype.itemsize <= 2 or not tensor.size:
        return tensor
    with np.errstate(over="ignore"):
        half = tensor.astype(np.float16)
    whole = tensor.astype(np.float64)
    size = np.abs(whole)
    near = np.abs(half.astype(np.float64) - whole) <= _NEAR * np.maximum(size, size.max() * _NEAR)
    return half if bool(near.all()) else tensor


def kinds_of(tensors: Mapping[str, Array], tables: frozenset[str], gates: frozenset[str]) -> dict[str, Kind]:
    """The tensors that are worth squeezing, and the kind of each: by what a run told of them, else layers."""
    found = {}
    for name, one in tensors.items():
        if one.dtype.kind == "f" and one.ndim >= 2 and one.size >= SMALLEST and bool(np.isfinite(one).all()):
            found[name] = Kind.TABLE if name in tables else Kind.GATES if name in gates else Kind.LAYER
    return found
