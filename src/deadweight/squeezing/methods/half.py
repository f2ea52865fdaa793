"""Half the bits: float32 as bfloat16, the exponents coded; what has 16 bits already loses nothing."""

from __future__ import annotations

from deadweight.squeezing.lossless.exact import as_exponents
from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.storing.dtypes import BFLOAT16
from deadweight.squeezing.storing.squeezed import Squeezed

_SHORT = ("float16", BFLOAT16)


def _squeeze(layer: Layer, _: float) -> Squeezed:
    return as_exponents(layer, layer.dtype if layer.dtype in _SHORT else BFLOAT16)


METHOD = Method(
    name="half", summary="bfloat16, its exponents coded", squeeze=_squeeze, loss=0.004, factors=(1.0,), rank=3
)
