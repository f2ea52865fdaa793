"""One choice of a method and its coarseness makes a squeezed model of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.dtypes import BFLOAT16
from deadweight.squeezing.method import Choice, Kind, Layer
from deadweight.squeezing.rounding import Reals
from deadweight.squeezing.squeezed import Squeezed

SMALLEST = 4096
"""Elements below which a tensor is kept as it is, in float16 where that holds it."""
LARGEST = 1e30
"""A tensor with a weight above this is kept as it is: what is computed of its squares would not be finite."""
_NEAR = 2.0**-10


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a model by name, the kind of each that is squeezed, and the moments of the inputs of layers.

    `dtypes` are of those that numpy lacks the dtype of.
    """

    tensors: Mapping[str, Array]
    kinds: Mapping[str, Kind]
    moments: Mapping[str, Reals] = field(default_factory=dict)
    dtypes: Mapping[str, str] = field(default_factory=dict)

    def dtype(self, name: str) -> str:
        """The dtype that the file has for the tensor."""
        return self.dtypes.get(name, self.tensors[name].dtype.name)


def squeezed(weights: Weights, choice: Choice) -> SqueezedModel:
    """The model as the method has it."""
    taken = _floats(weights) if choice.method.is_exact else tuple(weights.kinds)
    whole = {name: squeezed_tensor(weights, name, choice) for name in taken}
    rest = {name: one for name, one in weights.tensors.items() if name not in whole}
    plain = rest if choice.method.is_exact else {name: _kept(one, weights.dtype(name)) for name, one in rest.items()}
    dtypes = {name: weights.dtype(name) for name, one in plain.items() if one.dtype.name != weights.dtype(name)}
    recipe = {"method": choice.method.name, "factor": choice.factor, "shares": dict(choice.shares)}
    return SqueezedModel(whole, plain, recipe, dtypes)


def squeezed_tensor(weights: Weights, name: str, choice: Choice) -> Squeezed:
    """One tensor as the method has it."""
    return choice.method.squeeze(
        Layer(
            weights.tensors[name],
            weights.dtype(name),
            weights.kinds.get(name, Kind.LAYER),
            weights.moments.get(name),
            choice.shares.get(name, 1.0),
        ),
        choice.factor,
    )


def _floats(weights: Weights) -> tuple[str, ...]:
    """What a method takes that gives back every bit."""
    return tuple(name for name, one in weights.tensors.items() if one.dtype.kind == "f" and one.size >= SMALLEST)


def _kept(tensor: Array, dtype: str) -> Array:
    """A small tensor, in float16 where that is near enough: no value gone to infinity or to nothing."""
    if tensor.dtype.kind != "f" or tensor.dtype.itemsize <= 2 or dtype == BFLOAT16 or not tensor.size:
        return tensor
    with np.errstate(over="ignore", invalid="ignore"):
        half = tensor.astype(np.float16)
        whole = tensor.astype(np.float64)
        size = np.abs(whole)
        near = np.abs(half.astype(np.float64) - whole) <= _NEAR * np.maximum(size, size.max() * _NEAR)
    return half if bool(near.all()) else tensor


def kinds_of(tensors: Mapping[str, Array], tables: frozenset[str], gates: frozenset[str]) -> dict[str, Kind]:
    """The tensors that are worth squeezing, and the kind of each: by what a run told of them, else layers."""
    return {
        name: Kind.TABLE if name in tables else Kind.GATES if name in gates else Kind.LAYER
        for name, one in tensors.items()
        if is_large(one) and _is_tame(one)
    }


def not_finite(tensors: Mapping[str, Array]) -> tuple[str, ...]:
    """The tensors that are large enough and kept as they are, since they hold NaN, infinity or what is near it."""
    return tuple(name for name, one in tensors.items() if is_large(one) and not _is_tame(one))


def is_large(tensor: Array) -> bool:
    """Whether it is worth squeezing."""
    return tensor.dtype.kind == "f" and tensor.ndim >= 2 and tensor.size >= SMALLEST


def _is_tame(tensor: Array) -> bool:
    return bool((np.abs(tensor) < np.float64(LARGEST)).all())
