"""Which linear layers are fitted one after another, and to how many calibration inputs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from deadweight.judging.task import Program
from deadweight.squeezing.calibration.reaching import evenly
from deadweight.squeezing.calibration.torch_layers import names_of
from deadweight.squeezing.method import Kind
from deadweight.squeezing.rounding.feedback import WIDEST
from deadweight.squeezing.rounding.route import Step, route
from deadweight.squeezing.squeezing import Weights

MOST = 1024
"""Calibration inputs that go side by side, evenly spread.

Measured on MiniLM at 14.2 times: the cosine falls by 0.039 with 1,090, by 0.054 with 218.
"""
NUMBERS = 1 << 26
"""Numbers that may come to a layer from all of them together: each is held four times, in four bytes."""
_BATCHES = (32, 8, 1)
_MORE = 800
"""Weights for each of which it may add a byte."""


def slack_of(weights: Weights) -> int:
    """Bytes that it may add to a model, about: measured on MiniLM, a twentieth of a hundredth."""
    return sum(weights.tensors[name].size for name in weights.kinds if _is_fit(weights, name)) // _MORE


def spread(inputs: Sequence[Any], size: int, numbers: int) -> Sequence[Any]:
    """As many inputs, evenly spread, as there is room for where `size` of them make so many numbers."""
    return evenly(inputs, min(MOST, max(size, NUMBERS * size // max(1, numbers))))


def layers_of(program: Program, weights: Weights, original: Any) -> tuple[int, tuple[Step, ...]]:  # noqa: ANN401  the user's
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
