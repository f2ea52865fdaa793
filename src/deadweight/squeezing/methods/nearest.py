"""Uniform steps, each weight to the nearest: what feedback is compared with."""

from __future__ import annotations

from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.methods.uniform import uniform_steps
from deadweight.squeezing.rounding.codes import codes
from deadweight.squeezing.rounding.grid import on_grid
from deadweight.squeezing.storing.squeezed import Squeezed


def _squeeze(layer: Layer, factor: float) -> Squeezed:
    steps = uniform_steps(layer, factor)
    return on_grid(layer, codes(layer.rows, steps), steps)


METHOD = Method(
    name="nearest",
    summary="uniform steps, each weight to the nearest, codes without bound",
    squeeze=_squeeze,
    loss=0.45,
)
