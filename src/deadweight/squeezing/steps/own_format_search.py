"""How coarse a model can be within its own format: coarser to finer until a task's development data are content.

The gate's part is touched once, by the choice that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.gate import Standard, check_enough, standard
from deadweight.judging.steadiness import check_steady
from deadweight.judging.task import Program
from deadweight.squeezing.steps.grids import FINEST
from deadweight.squeezing.steps.own_format import grids_of
from deadweight.squeezing.storing.files import weights_of

SHARES = (0.5, 0.35, 0.25, 0.18, 0.12, FINEST)
"""Steps in shares of the root mean square, coarsest first; measured on MiniLM: 8.7 to 4.3 times smaller under gzip."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The share that was chosen, and what the gate says of each task; None where development data refuse all."""

    share: float | None
    judged: tuple[Judged, ...]
    keep: float

    @property
    def passed(self) -> bool:
        """Whether every task of the gate keeps what is asked for."""
        return self.share is not None and all(one.passes(self.keep) for one in self.judged)


def verdict_of(path: Path, program: Program, keep: float) -> Verdict:
    """Search, then ask the gate once; raises UsageError for a task that cannot tell, as `squeeze` does."""
    check_enough(program, keep)
    bench = _Bench(path, program, weights_of(path))
    if program.prepare is not None:
        program.prepare(program.build(bench.weights))
    check_steady(program, program.build(bench.weights))
    judged: tuple[Judged, ...] = ()
    for share in SHARES:
        judged = bench.judge(share, "development")
        if all(one.passes(keep) for one in judged):
            return Verdict(share, bench.judge(share, "gate"), keep)
    return Verdict(None, judged, keep)


@dataclass(frozen=True, slots=True)
class _Bench:
    """The original and its word on each part, which is asked once."""

    path: Path
    program: Program
    weights: Mapping[str, Array]
    standards: dict[str, tuple[Standard, ...]] = field(default_factory=dict)

    def judge(self, share: float, part: str) -> tuple[Judged, ...]:
        """What each task's part says of the model at that share."""
        if part not in self.standards:
            self.standards[part] = self._asked(part)
        rounded = {name: grid.weights() for name, grid in grids_of(self.path, share).items()}
        model = self.program.build({**self.weights, **rounded})
        return tuple(one.judged(self.program.rows(model, one.task.parts[part][0])) for one in self.standards[part])

    def _asked(self, part: str) -> tuple[Standard, ...]:
        original = self.program.build(self.weights)
        tasks = self.program.of(part)
        return tuple(standard(one, part, self.program.rows(original, one.parts[part][0])) for one in tasks)
