"""A model is squeezed: calibrated, searched, judged once by what was held back, and written where it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Judged, SqueezeReport, Tried
from deadweight.formats.output import whole_file
from deadweight.judging.array import Array
from deadweight.judging.gate import judged
from deadweight.judging.task import Program
from deadweight.squeezing.calibrating import calibrated
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.files import squeezed_model, weights_of, write_safetensors
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.search import Aim, best, search
from deadweight.squeezing.sensitivity import shares
from deadweight.squeezing.squeezing import Choice, Weights, kinds_of, squeezed

_STEADY = 8
"""Inputs that the original is asked twice, to see whether it answers the same."""


@dataclass(slots=True)
class _Bench:
    """The original beside each candidate: what it answers is asked once."""

    program: Program
    weights: Weights
    rows: dict[tuple[str, str], Array] = field(default_factory=dict)

    def judge(self, candidate: Mapping[str, Array], part: str) -> tuple[Judged, ...]:
        """What each task's part says of the candidate."""
        model = self.program.build(candidate)
        return tuple(
            judged(task, part, self.rows[task.name, part], self.program.rows(model, task.parts[part][0]))
            for task in self.program.of(part)
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be squeezed into what, and how the search is to be remembered."""

    file: Path
    out: Path
    aim: Aim
    memory: Memory


def squeeze(order: Order, program: Program, progress: Progress = SILENT) -> SqueezeReport:
    """Squeeze the file; where the gate refuses, nothing is written and the report says why.

    Raises UsageError for a program that differs from itself, and what reading the file raises.
    """
    before = order.file.stat().st_size
    bench = _bench(weights_of(order.file), program, progress)
    choice = Choice(shares=shares(bench.weights, program, progress))
    front = _front(order, bench, choice, progress)
    chosen = best(order.aim, before, front)
    report = SqueezeReport(str(order.file), before, order.aim.keep, front, chosen)
    if chosen is None:
        return report
    model = squeezed(bench.weights, choice.scaled(chosen.factor))
    _ask(bench, "gate", program.build(bench.weights.tensors))
    report = replace(report, gate=bench.judge(model.weights(), "gate"))
    return replace(report, out=str(order.out), after=_write(order.out, model)) if report.passed else report


def _front(order: Order, bench: _Bench, choice: Choice, progress: Progress) -> tuple[Tried, ...]:
    """The points that the search asks for; those that an earlier run judged are not judged again."""

    def attempt(factor: float) -> Tried:
        point = order.memory.recall(factor)
        if point is None:
            model = squeezed(bench.weights, choice.scaled(factor))
            point = Tried(factor, _size(model), bench.judge(model.weights(), "development"))
            order.memory.keep(point)
        progress.advance(1)
        return point

    progress.start("searching", 0, "models")
    front = search(order.aim, order.file.stat().st_size, attempt)
    progress.finish()
    return front


def _bench(tensors: Mapping[str, Array], program: Program, progress: Progress) -> _Bench:
    original = program.build(tensors)
    if program.prepare is not None:
        program.prepare(original)
    progress.start("calibrating", 0, "inputs")
    seen = calibrated(original, tensors, lambda: program.rows(original, program.calibration))
    progress.finish()
    kinds = kinds_of(tensors, frozenset(seen.tables), frozenset(seen.gates))
    moments = {name: one for name, one in seen.moments.items() if name in kinds}
    bench = _Bench(program, Weights(tensors, kinds, moments))
    _check_steady(program, original)
    _ask(bench, "development", original)
    return bench


def _ask(bench: _Bench, part: str, original: Any) -> None:  # noqa: ANN401
    """What the original answers to the part."""
    for task in bench.program.of(part):
        bench.rows[task.name, part] = bench.program.rows(original, task.parts[part][0])


def _check_steady(program: Program, original: Any) -> None:  # noqa: ANN401
    for task in program.of("development"):
        few = task.parts["development"][0][:_STEADY]
        first, second = (program.rows(original, few) for _ in range(2))
        if not np.array_equal(first, second):
            raise UsageError(
                "the original answers differently when it is asked twice",
                where=f"task {task.name!r}",
                advice="Seed what is random, and put the model in evaluation mode.",
            )


def _size(model: SqueezedModel) -> int:
    stream = BytesIO()
    write_safetensors(stream, dict(model.stored()), model.metadata())
    return stream.tell()


def _write(out: Path, model: SqueezedModel) -> int:
    """Write the file whole, read it back, and give its bytes; raises ProofFailed where it does not read as made."""
    with whole_file(out) as stream:
        write_safetensors(stream, dict(model.stored()), model.metadata())
    back, made = squeezed_model(out).weights(), model.weights()
    if back.keys() != made.keys() or not all(np.array_equal(back[name], made[name]) for name in made):
        out.unlink()
        raise ProofFailed("the file does not read back as it was made", where=str(out))
    return out.stat().st_size


def restore(file: Path, out: Path) -> int:
    """Write the plain safetensors file that a squeezed one stands for; gives its bytes."""
    weights = squeezed_model(file).weights()
    with whole_file(out) as stream:
        write_safetensors(stream, weights, {"format": "pt"})
    return out.stat().st_size
