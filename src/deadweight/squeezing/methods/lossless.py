"""Every bit as it was, the exponents coded apart from the mantissas."""

from __future__ import annotations

from deadweight.squeezing.lossless.exact import as_exponents
from deadweight.squeezing.method import Layer, Method
from deadweight.squeezing.storing.squeezed import Squeezed


def _squeeze(layer: Layer, _: float) -> Squeezed:
    return as_exponents(layer, layer.dtype)


METHOD = Method(
    name="lossless",
    summary="every bit as it was, exponents coded",
    squeeze=_squeeze,
    loss=0.0,
    factors=(1.0,),
    rank=4,
    is_exact=True,
)
