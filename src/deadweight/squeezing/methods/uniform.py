"""The steps of uniform rounding: for tables and gates one a row, for all else one a tensor.

Depthwise convolutions keep eight bits: measured on EfficientNet-Lite0, they lose the most and weigh the least.
"""

from __future__ import annotations

from deadweight.squeezing.method import Kind, Layer
from deadweight.squeezing.rounding import Reals, one_step, peak_steps, row_steps

_EIGHT_BITS = 127
TABLE, LAYER = 1.0, 0.75
"""Steps at the factor 1, in shares of the root mean square. Measured on MiniLM: at 14 times, tables bear more."""


def uniform_steps(layer: Layer, factor: float) -> Reals:
    """The steps of the layer, (rows, 1) or (1, 1)."""
    if layer.kind is Kind.DEPTHWISE:
        return peak_steps(layer.rows, _EIGHT_BITS)
    share = (TABLE if layer.kind is Kind.TABLE else LAYER) * layer.share * factor
    return one_step(layer.rows, share) if layer.kind is Kind.LAYER else row_steps(layer.rows, share)
