"""The original beside each candidate: what it answers to a part of the tasks is asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.gate import Standard, standard
from deadweight.judging.steadiness import check_steady
from deadweight.judging.task import Program
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.files import Stored
from deadweight.squeezing.method import Choice, Method
from deadweight.squeezing.norms import Norms, norms_of
from deadweight.squeezing.reaching import calibration_of
from deadweight.squeezing.sensitivity import shares
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed


@dataclass(slots=True)
class Bench:
    """The program, the original's weights, and the original's word on each part that was asked."""

    program: Program
    weights: Weights
    standards: dict[str, tuple[Standard, ...]] = field(default_factory=dict)
    shares: Mapping[str, float] | None = None
    norms: Norms | None = None

    def made(self, choice: Choice) -> SqueezedModel:
        """The squeezed model; what rounding does to batch normalisation is measured on calibration and made good."""
        model = squeezed(self.weights, choice)
        return model if self.norms is None or choice.method.is_exact else self.norms.restated(self.weights, model)

    def choice(self, method: Method, factor: float, progress: Progress = SILENT) -> Choice:
        """The method at that factor; what each layer bears is measured once, for the methods that take any factor."""
        if method.factors:
            return Choice(method, factor)
        if self.shares is None:
            self.shares = shares(self.weights, self.program, method, progress)
        return Choice(method, factor, self.shares)

    def judge(self, candidate: Mapping[str, Array], part: str) -> tuple[Judged, ...]:
        """What each task's part says of the candidate; raises UsageError where the original is no measure."""
        if part not in self.standards:
            self.standards[part] = self._asked(part, self.program.build(self.weights.tensors))
        model = self.program.build(candidate)
        return tuple(one.judged(self.program.rows(model, one.task.parts[part][0])) for one in self.standards[part])

    def _asked(self, part: str, original: Any) -> tuple[Standard, ...]:  # noqa: ANN401  the user's own model
        return tuple(
            standard(task, part, self.program.rows(original, task.parts[part][0])) for task in self.program.of(part)
        )


def bench_of(stored: Stored, program: Program, progress: Progress = SILENT) -> Bench:
    """The original, calibrated, and found to answer the same when it is asked twice."""
    original = program.build(stored.tensors)
    if program.prepare is not None:
        program.prepare(original)
    progress.start("calibrating", 0, "inputs")
    found = calibration_of(stored, program, original)
    progress.finish()
    norms = norms_of(program, original, stored.tensors)
    check_steady(program, original)
    kinds = kinds_of(stored.tensors, found.tables.keys(), found.gates)
    return Bench(program, Weights(stored.tensors, kinds, found, stored.dtypes), norms=norms)
