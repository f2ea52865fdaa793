"""Eight bits a weight, a step for each row (the output channel): the usual weight-only recipe."""

from __future__ import annotations

from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.rounding.codes import codes, peak_steps
from deadweight.squeezing.rounding.grid import on_grid
from deadweight.squeezing.storing.squeezed import Squeezed

LARGEST = 127


def _squeeze(layer: Layer, _: float) -> Squeezed:
    steps = peak_steps(layer.rows, LARGEST)
    return on_grid(layer, codes(layer.rows, steps, dead_zone=0.0), steps)


METHOD = Method(
    name="int8", summary="8 bits a weight, a step for each row", squeeze=_squeeze, loss=0.02, factors=(1.0,), rank=2
)
