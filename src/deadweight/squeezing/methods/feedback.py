"""Uniform steps with error feedback: what rounding a column does is made good by the columns after it."""

from __future__ import annotations

from deadweight.squeezing.method import Kind, Layer, Method
from deadweight.squeezing.methods.uniform import uniform_steps
from deadweight.squeezing.rounding.codes import codes
from deadweight.squeezing.rounding.feedback import fed_back
from deadweight.squeezing.rounding.grid import on_grid
from deadweight.squeezing.storing.squeezed import Squeezed


def _squeeze(layer: Layer, factor: float) -> Squeezed:
    """A layer that no calibration reached is rounded to the nearest; a table by what its outputs do to the answer."""
    rows, steps = layer.rows, uniform_steps(layer, factor)
    if layer.kind is Kind.TABLE and layer.outputs is not None:
        return on_grid(layer, fed_back(rows, layer.outputs, steps), steps)
    if layer.coupling is None or layer.kind is Kind.DEPTHWISE or (layer.is_turned and steps.size > 1):
        return on_grid(layer, codes(rows, steps), steps)
    if layer.is_turned:
        return on_grid(layer, fed_back(rows.T, layer.coupling, steps.T).T, steps)
    outputs = layer.outputs if steps.size == 1 else None
    return on_grid(layer, fed_back(rows, layer.coupling, steps, outputs), steps)


METHOD = Method(
    name="feedback",
    summary="uniform steps, the error of each column made good by the next ones (GPTQ), codes without bound",
    squeeze=_squeeze,
    loss=0.45,
    rank=1,
    follows=True,
)
