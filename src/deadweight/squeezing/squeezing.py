"""One choice of a method and its coarseness makes a squeezed model of the weights."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.method import Choice, Kind, Layer
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.decoding import weights as decoded
from deadweight.squeezing.storing.dtypes import BFLOAT16, as_dtype
from deadweight.squeezing.storing.squeezed import Squeezed

SMALLEST = 4096
"""Elements below which a tensor is kept as it is, in float16 where that holds it."""
LARGEST = 1e30
"""A tensor with a weight above this is kept as it is: what is computed of its squares would not be finite."""
_NEAR = 2.0**-10
_NARROW = 64


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a model by name, the kind of each that is squeezed, and what calibration told of them.

    `dtypes` are of those that numpy lacks the dtype of.
    """

    tensors: Mapping[str, Array]
    kinds: Mapping[str, Kind]
    calibration: Calibration = field(default_factory=Calibration)
    dtypes: Mapping[str, str] = field(default_factory=dict)

    def dtype(self, name: str) -> str:
        """The dtype that the file has for the tensor."""
        return self.dtypes.get(name) or self.tensors[name].dtype.name


def squeezed(weights: Weights, choice: Choice) -> SqueezedModel:
    """The model as the method has it."""
    whole = {name: squeezed_tensor(weights, name, choice) for name in taken(weights, choice)}
    return _model(weights, choice, whole, {} if choice.method.is_exact else corrected(weights, whole))


def _model(
    weights: Weights, choice: Choice, whole: Mapping[str, Squeezed], changed: Mapping[str, Array]
) -> SqueezedModel:
    rest = {name: changed.get(name, one) for name, one in weights.tensors.items() if name not in whole}
    is_exact = choice.method.is_exact
    plain = rest if is_exact else {name: kept(one, weights.dtype(name)) for name, one in rest.items()}
    dtypes = {name: weights.dtype(name) for name, one in plain.items() if one.dtype.name != weights.dtype(name)}
    recipe = {"method": choice.method.name, "factor": choice.factor, "shares": dict(choice.shares)}
    return SqueezedModel(whole, plain, recipe, dtypes)


def restated(weights: Weights, model: SqueezedModel, changed: Mapping[str, Array]) -> SqueezedModel:
    """The model with other values of tensors that it does not squeeze, kept as small as those were."""
    own = {name: kept(as_dtype(one, weights.dtype(name)), weights.dtype(name)) for name, one in changed.items()}
    dtypes = {name: weights.dtype(name) for name, one in own.items() if one.dtype.name != weights.dtype(name)}
    rest = {name: dtype for name, dtype in model.dtypes.items() if name not in own}
    return replace(model, plain={**model.plain, **own}, dtypes={**rest, **dtypes})


def corrected(weights: Weights, whole: Mapping[str, Squeezed]) -> dict[str, Array]:
    """The biases by name, each made to give back what rounding took from the mean of its layer's outputs."""
    return {
        inputs.bias: as_dtype(_corrected(weights, name, decoded(whole[name])), weights.dtype(inputs.bias))
        for name, inputs in weights.calibration.reached.items()
        if inputs.bias is not None and inputs.bias not in whole and name in whole
    }


def _corrected(weights: Weights, name: str, rounded: Array) -> Array:
    inputs = weights.calibration.layers[name]
    lost = weights.tensors[name].astype(np.float64) - rounded.astype(np.float64)
    by_input = lost.T if inputs.is_turned else lost.reshape(len(lost), -1)
    bias = weights.tensors[inputs.bias or ""].astype(np.float64)
    return np.asarray(bias + by_input @ (inputs.total / inputs.count))


def squeezed_tensor(weights: Weights, name: str, choice: Choice) -> Squeezed:
    """One tensor as the method has it."""
    inputs, kind = weights.calibration.reached.get(name), weights.kinds.get(name, Kind.LAYER)
    layer = Layer(
        weights.tensors[name],
        weights.dtype(name),
        kind,
        inputs.coupling if inputs else None,
        inputs is not None and inputs.is_turned,
        outputs_of(weights, name),
        weights.calibration.tables.get(name),
        choice.shares.get(name, 1.0),
    )
    return choice.method.squeeze(layer, choice.factor)


def outputs_of(weights: Weights, name: str) -> Coupling | None:
    """How errors of its outputs go together in the answer: of the rows of a layer, of the columns of a table."""
    shape = weights.tensors[name].shape
    is_table = weights.kinds.get(name) is Kind.TABLE
    return weights.calibration.answer_to(name, shape[1 if is_table else 0]) if len(shape) > 1 else None


def taken(weights: Weights, choice: Choice) -> tuple[str, ...]:
    """The tensors that the method squeezes: one that gives back every bit takes those that are not finite too."""
    if not choice.method.is_exact:
        return tuple(weights.kinds)
    return tuple(name for name, one in weights.tensors.items() if one.dtype.kind == "f" and one.size >= SMALLEST)


def kept(tensor: Array, dtype: str) -> Array:
    """A tensor that is not squeezed, in float16 where that is near enough: no value gone to infinity or to nothing."""
    if tensor.dtype.kind != "f" or tensor.dtype.itemsize <= 2 or dtype == BFLOAT16 or not tensor.size:
        return tensor
    with np.errstate(over="ignore", invalid="ignore"):
        half = tensor.astype(np.float16)
        whole = tensor.astype(np.float64)
        size = np.abs(whole)
        near = np.abs(half.astype(np.float64) - whole) <= _NEAR * np.maximum(size, size.max() * _NEAR)
    return half if bool(near.all()) else tensor


def kinds_of(tensors: Mapping[str, Array], tables: Set[str], gates: Set[str]) -> dict[str, Kind]:
    """The tensors that are worth squeezing, and the kind of each: by what a run told of them, else by shape."""
    found = {name: one for name, one in tensors.items() if is_large(one) and _is_tame(one)}
    return {
        name: Kind.TABLE if name in tables else Kind.GATES if name in gates else _by_shape(one)
        for name, one in found.items()
    }


def _by_shape(tensor: Array) -> Kind:
    return Kind.DEPTHWISE if tensor.ndim > 2 and tensor.shape[1] == 1 and is_narrow(tensor) else Kind.LAYER


def is_narrow(tensor: Array) -> bool:
    """Whether each output sees few weights: the window of one channel."""
    return prod(tensor.shape[1:]) <= _NARROW


def not_finite(tensors: Mapping[str, Array]) -> tuple[str, ...]:
    """The tensors that are large enough and kept as they are, since they hold NaN, infinity or what is near it."""
    return tuple(name for name, one in tensors.items() if is_large(one) and not _is_tame(one))


def is_large(tensor: Array) -> bool:
    """Whether it is worth squeezing."""
    return tensor.dtype.kind == "f" and tensor.ndim >= 2 and tensor.size >= SMALLEST


def _is_tame(tensor: Array) -> bool:
    return bool((np.abs(tensor) < np.float64(LARGEST)).all())
