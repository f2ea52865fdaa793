"""The batch normalisation of a program's model, measured on its calibration inputs before and after rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.calibration.reaching import calibrate
from deadweight.squeezing.calibration.statistics import Spread, matched, spreads
from deadweight.squeezing.squeezing import Weights, kept, restated
from deadweight.squeezing.storing.container import SqueezedModel


@dataclass(frozen=True, slots=True)
class Norms:
    """The program, and what came to each layer of batch normalisation of the original."""

    program: Program
    before: tuple[Spread, ...]

    def restated(self, weights: Weights, model: SqueezedModel) -> SqueezedModel:
        """The squeezed model with statistics that fit its rounded weights."""
        tensors = model.weights()
        after = _spreads(self.program, self.program.build(tensors), tensors, self.before)
        return restated(weights, model, dict(matched(weights.tensors, self.before, after)))

    def slack(self, weights: Weights) -> int:
        """Bytes that restating may add, at most: those of statistics that were kept in half of theirs."""
        names = [name for one in self.before for name in (one.mean_name, one.variance_name)]
        return sum(weights.tensors[one].nbytes - kept(weights.tensors[one], weights.dtype(one)).nbytes for one in names)


def norms_of(program: Program, original: Any, tensors: Mapping[str, Array]) -> Norms | None:  # noqa: ANN401  the user's
    """What comes to the original's layers of batch normalisation, None where it has none that calibration reaches."""
    found = _spreads(program, original, tensors)
    return Norms(program, found) if found else None


def _spreads(
    program: Program,
    model: Any,  # noqa: ANN401  the user's own
    tensors: Mapping[str, Array],
    before: tuple[Spread, ...] = (),
) -> tuple[Spread, ...]:
    return spreads(model, tensors, lambda: calibrate(program, model), before)
