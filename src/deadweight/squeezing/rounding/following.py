"""Linear layers are rounded one after another, each fitted to what the rounded ones before it really give.

All batches of calibration inputs go through the original and the squeezed model side by side, and wait at each layer
until it is rounded: each model runs once. Measured on MiniLM at 14 times: the cosine to the original falls by 0.050
where layers that know nothing of another leave 0.066; with what residual connections carry left out of the fit, 0.06.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np

from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.method import Choice, Layer
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.rounding.fitted_layers import layers_of, spread
from deadweight.squeezing.rounding.fitting import Fit, fitted
from deadweight.squeezing.rounding.route import Step
from deadweight.squeezing.rounding.side_by_side import Batch, Pair, Stop
from deadweight.squeezing.squeezing import Weights, outputs_of, restated
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.decoding import weights as decoded
from deadweight.squeezing.storing.squeezed import Squeezed

_FEWEST = 2


def followed(program: Program, weights: Weights, model: SqueezedModel, choice: Choice) -> SqueezedModel | None:
    """The squeezed model with linear layers fitted, as it is where it has none that can be.

    None where layers come in another order than before, so that nothing is known to belong together.
    """
    original, small = (program.build(one) for one in (weights.tensors, model.weights()))
    if not hasattr(original, "named_modules") or len(program.calibration) < _FEWEST:
        return model
    size, steps = layers_of(program, weights, original)
    if not steps:
        return model
    inputs = spread(program.calibration, size, max(one.numbers for one in steps))
    pair = Pair(program, original, small)
    with ExitStack() as stack:
        stack.enter_context(pair.watched(steps))
        batches = [Batch(pair, inputs[start : start + size]) for start in range(0, len(inputs), size)]
        for one in batches:
            stack.callback(one.leave)
        return _walked(pair, batches, (weights, model, choice), steps)


def _walked(
    pair: Pair, batches: Sequence[Batch], made: tuple[Weights, SqueezedModel, Choice], steps: Sequence[Step]
) -> SqueezedModel | None:
    """Round layer after layer."""
    weights, model, choice = made
    whole: dict[str, Squeezed] = {}
    biases: dict[str, Array] = {}
    for step in steps:
        stops = [one.advance() for one in batches]
        if any(was is None or now is None or {was.place, now.place} != {step.place} for was, now in stops):
            return None
        fit = _fit(step, weights, [(was, now) for was, now in stops if was is not None and now is not None])
        whole[step.weight] = rounded = _rounded(step, weights, choice, fit)
        values = decoded(rounded)
        if step.bias is not None:
            biases[step.bias] = fit.bias(values.reshape(fit.weights.shape).astype(np.float64))
        pair.put(step, values, biases.get(step.bias or ""))
    return restated(weights, replace(model, squeezed={**model.squeezed, **whole}), biases)


def _fit(step: Step, weights: Weights, stops: Sequence[tuple[Stop, Stop]]) -> Fit:
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
