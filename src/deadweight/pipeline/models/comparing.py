"""Two models are compared: what they answer, then what each costs in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.comparison import Comparison, Kept, Measure
from deadweight.core.progress import SILENT, Progress
from deadweight.judging.array import Array
from deadweight.judging.basis import Basis
from deadweight.judging.costing import contrasts, costs, crowded, loads
from deadweight.judging.gate import standard
from deadweight.judging.likeness import likeness_of, scale_of
from deadweight.judging.racing import Course, race
from deadweight.judging.task import Program, Task
from deadweight.pipeline.models.contenders import contender
from deadweight.pipeline.models.developing import model_of
from deadweight.pipeline.models.worker import words

_INSIDE = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two files, what they are judged by, and the part of the tasks that is asked."""

    first: Path
    second: Path
    basis: Basis
    part: str = "gate"

    @property
    def both(self) -> tuple[Path, Path]:
        """The first, then the second."""
        return self.first, self.second


def compare(pair: Pair, course: Course | None, progress: Progress = SILENT) -> Comparison:
    """The second held against the first; without a course nothing is timed.

    Raises what reading the files, the task and the processes do.
    """
    program = pair.basis.program(pair.first)
    first, second = (contender(path) for path in pair.both)
    tasks = tuple(_asked(pair, program, progress))
    whole = Comparison(first, second, pair.part, tasks, (), None, 0, program.notes)
    return whole if course is None else _timed(whole, pair, course, progress)


def _timed(whole: Comparison, pair: Pair, course: Course, progress: Progress) -> Comparison:
    """The same with what both cost."""
    seen = race([words(path, pair.first, pair.basis) for path in pair.both], course, progress)
    return replace(
        whole,
        first=replace(whole.first, costs=costs(seen, 0)),
        second=replace(whole.second, costs=costs(seen, 1)),
        contrasts=contrasts(seen),
        load=loads(seen),
        threads=course.threads,
        notes=(*whole.notes, *crowded(seen, course.threads)),
    )


def _asked(pair: Pair, program: Program, progress: Progress) -> Iterator[Kept]:
    tasks = program.of(pair.part)
    progress.start("asking both", 2 * len(tasks), "tasks")
    rows: list[list[Array]] = []
    for at, path in enumerate(pair.both):
        model = model_of(program, path)
        if at == 0 and program.prepare is not None:
            program.prepare(model)
        rows.append([_rows(program, model, task.parts[pair.part][0], progress) for task in tasks])
    progress.finish()
    for task, first, second in zip(tasks, *rows, strict=True):
        yield _kept(task, pair.part, first, second)


def _rows(program: Program, model: Any, inputs: Any, progress: Progress) -> Array:  # noqa: ANN401  the user's own
    found = program.rows(model, inputs)
    progress.advance(1)
    return found


def _kept(task: Task, part: str, first: Array, second: Array) -> Kept:
    held = standard(task, part, first)
    said = held.judged(second)
    low = float(np.quantile(held.ratios(second, lost=1), _INSIDE[0]))
    high = float(np.quantile(held.ratios(second), _INSIDE[1]))
    ratio = Measure(said.ratio, min(said.ratio, low), max(said.ratio, high))
    likeness = likeness_of(first)
    alike = float(np.mean(likeness.score(first, second, scale_of(first)))) if first.shape == second.shape else 0.0
    return Kept(task.name, said.before, said.after, ratio, said.examples, likeness.name, alike)
