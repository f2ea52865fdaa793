"""Linear layers are rounded one after another, each fitted to what the rounded ones before it really give.

All batches of calibration inputs go through the original and the squeezed model side by side, and wait at each layer
until it is rounded: each model runs once. Measured on MiniLM at 14 times: the cosine to the original falls by 0.050
where layers that know nothing of another leave 0.066; with what residual connections carry left out of the fit, 0.06.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from threading import local
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.calibration.hooks import hooked
from deadweight.squeezing.calibration.torch_layers import names_of
from deadweight.squeezing.method import Choice, Kind, Layer
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.rounding.feedback import WIDEST
from deadweight.squeezing.rounding.fitting import Fit, fitted
from deadweight.squeezing.rounding.route import Step, route
from deadweight.squeezing.rounding.stepwise import Stepwise
from deadweight.squeezing.squeezing import Weights, outputs_of, restated
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.decoding import weights as decoded
from deadweight.squeezing.storing.squeezed import Squeezed

MOST = 1024
"""Calibration inputs that go side by side, evenly spread.

Measured on MiniLM at 14.2 times: the cosine falls by 0.039 with 1,090, by 0.054 with 218.
"""
NUMBERS = 1 << 26
"""Numbers that may come to a layer from all of them together: each is held four times, in four bytes."""
_BATCHES = (32, 8, 1)
_FEWEST = 2
_MORE = 800
"""Weights for each of which it may add a byte."""
Rows: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Stop:
    """What one batch says at a layer: the original its outputs, the squeezed one what comes to it and beside it."""

    place: str
    rows: Rows
    beside: Rows | float = 0.0


def followed(program: Program, weights: Weights, model: SqueezedModel, choice: Choice) -> SqueezedModel:
    """The squeezed model with linear layers fitted; as it is where it is none of torch, or runs otherwise each time."""
    original, small = (program.build(one) for one in (weights.tensors, model.weights()))
    if not hasattr(original, "named_modules") or len(program.calibration) < _FEWEST:
        return model
    size, steps = _route(program, weights, original)
    if not steps:
        return model
    inputs = spread(program.calibration, size, max(one.numbers for one in steps))
    pair = _Pair(program, original, small)
    with ExitStack() as stack:
        stack.enter_context(hooked(hook for step in steps for hook in pair.hooks(step)))
        batches = [_Batch(pair, inputs[start : start + size]) for start in range(0, len(inputs), size)]
        for one in batches:
            stack.callback(one.leave)
        return _walked(pair, batches, (weights, model, choice), steps)


def slack_of(weights: Weights) -> int:
    """Bytes that it may add to a model, about: measured on MiniLM, a twentieth of a hundredth."""
    return sum(weights.tensors[name].size for name in weights.kinds if _is_fit(weights, name)) // _MORE


def spread(inputs: Sequence[Any], size: int, numbers: int) -> Sequence[Any]:
    """As many inputs, evenly spread, as there is room for where `size` of them make so many numbers."""
    count = min(len(inputs), MOST, max(size, NUMBERS * size // max(1, numbers)))
    return [inputs[at * len(inputs) // count] for at in range(count)]


def _route(program: Program, weights: Weights, original: Any) -> tuple[int, tuple[Step, ...]]:  # noqa: ANN401  the user's
    """The largest batch in which layers are called once, and these layers."""
    names = names_of(original.named_parameters(), weights.tensors)
    for size in _BATCHES:
        found = route(original, names, partial(program.rows, original, program.calibration[:size]))
        steps = tuple(one for one in found if _is_fit(weights, one.weight))
        if steps:
            return size, steps
    return 1, ()


def _is_fit(weights: Weights, name: str) -> bool:
    is_layer = weights.kinds.get(name) is Kind.LAYER and name in weights.calibration.reached
    return is_layer and weights.tensors[name].ndim == 2 and weights.tensors[name].shape[1] <= WIDEST


def _walked(
    pair: _Pair, batches: Sequence[_Batch], made: tuple[Weights, SqueezedModel, Choice], steps: Sequence[Step]
) -> SqueezedModel:
    """Round layer after layer."""
    weights, model, choice = made
    whole: dict[str, Squeezed] = {}
    biases: dict[str, Array] = {}
    for step in steps:
        stops = [one.advance() for one in batches]
        if any(was is None or now is None or {was.place, now.place} != {step.place} for was, now in stops):
            return model
        fit = _fit(step, weights, [(was, now) for was, now in stops if was is not None and now is not None])
        whole[step.weight] = rounded = _rounded(step, weights, choice, fit)
        values = decoded(rounded)
        if step.bias is not None:
            biases[step.bias] = fit.bias(values.reshape(fit.weights.shape).astype(np.float64))
        pair.put(step, values, biases.get(step.bias or ""))
    return restated(weights, replace(model, squeezed={**model.squeezed, **whole}), biases)


def _fit(step: Step, weights: Weights, stops: Sequence[tuple[_Stop, _Stop]]) -> Fit:
    given = np.concatenate([now.rows for _, now in stops])
    wanted = np.concatenate([was.rows - now.beside for was, now in stops])
    kept = np.isfinite(given).all(axis=1) & np.isfinite(wanted).all(axis=1)
    plain = weights.tensors[step.weight].astype(np.float64)
    return fitted(plain, given[kept], wanted[kept], has_bias=step.bias is not None)


def _rounded(step: Step, weights: Weights, choice: Choice, fit: Fit) -> Squeezed:
    layer = Layer(
        fit.weights,
        weights.dtype(step.weight),
        coupling=Coupling(fit.moments),
        outputs=outputs_of(weights, step.weight),
        share=choice.shares.get(step.weight, 1.0),
    )
    return choice.method.squeeze(layer, choice.factor)


@dataclass(slots=True)
class _Pair:
    """The original and the squeezed model, whose layers say what comes to them in the batch that is asked."""

    program: Program
    original: Any
    small: Any
    here: local = field(default_factory=local)

    def hooks(self, step: Step) -> list[Any]:
        """What watches a layer in both."""
        was, now = (dict(one.named_modules()) for one in (self.original, self.small))
        layer = now[step.place]
        if step.norm is None:
            return [
                was[step.place].register_forward_hook(lambda _, __, out: self._stop(_Stop(step.place, _rows(out)))),
                layer.register_forward_pre_hook(lambda _, given: self._stop(_Stop(step.place, _rows(given[0])))),
            ]

        def note(_: Any, given: Any, out: Any) -> None:  # noqa: ANN401
            self.here.noted = (given[0], out.clone())

        def take(_: Any, given: Any) -> None:  # noqa: ANN401
            """In place: what comes to the normalisation may go past it too."""
            taken, made = self.here.noted
            self.here.noted = None
            self._stop(_Stop(step.place, _rows(taken), _rows(given[0] - made)))
            given[0].add_(layer.forward(taken) - made)

        return [
            was[step.norm].register_forward_pre_hook(lambda _, given: self._stop(_Stop(step.place, _rows(given[0])))),
            layer.register_forward_hook(note),
            now[step.norm].register_forward_pre_hook(take),
        ]

    def job(self, model: Any, inputs: Sequence[Any]) -> Stepwise[_Stop]:  # noqa: ANN401
        """The model, asked these inputs."""

        def run(own: Stepwise[_Stop]) -> None:
            self.here.own = own
            self.program.rows(model, inputs)

        return Stepwise(run)

    def _stop(self, said: _Stop) -> None:
        self.here.own.stop(said)

    def put(self, step: Step, values: Array, bias: Array | None) -> None:
        """Give the squeezed model's layer these weights."""
        import torch

        layer = self.small.get_submodule(step.place)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(np.array(values, dtype=np.float32)))
            if bias is not None:
                layer.bias.copy_(torch.from_numpy(np.array(bias, dtype=np.float32)))


class _Batch:
    """Some inputs on their way through both models."""

    def __init__(self, pair: _Pair, inputs: Sequence[Any]) -> None:
        self._jobs = tuple(pair.job(model, inputs) for model in (pair.original, pair.small))

    def advance(self) -> tuple[_Stop | None, _Stop | None]:
        """Both at their next layer."""
        was, now = (one.advance() for one in self._jobs)
        return was, now

    def leave(self) -> None:
        for one in self._jobs:
            one.leave()


def _rows(tensor: Any) -> Rows:  # noqa: ANN401  a tensor of torch
    return np.asarray(tensor.detach().reshape(-1, tensor.shape[-1]).float().cpu().numpy())
