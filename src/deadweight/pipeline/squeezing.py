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
from deadweight.core.squeeze_report import Judged, Reached, SqueezeReport, Tried
from deadweight.formats.output import whole_file
from deadweight.judging.array import Array
from deadweight.judging.gate import judged
from deadweight.judging.task import Program
from deadweight.squeezing.calibrating import calibrated
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.files import Stored, squeezed_model, stored_of, write_model, write_safetensors
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import Choice, Kind, Method
from deadweight.squeezing.search import Aim, best, search
from deadweight.squeezing.sensitivity import shares
from deadweight.squeezing.squeezing import Weights, kinds_of, not_finite, squeezed

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
    """What is to be squeezed into what, how, and how the search is to be remembered."""

    file: Path
    out: Path
    aim: Aim
    memory: Memory
    methods: tuple[Method, ...]


def squeeze(order: Order, program: Program, progress: Progress = SILENT) -> SqueezeReport:
    """Squeeze the file; where the gate refuses, nothing is written and the report says why.

    Raises UsageError for a program that differs from itself, and what reading the file raises.
    """
    before = order.file.stat().st_size
    bench = _bench(stored_of(order.file), program, progress)
    choices = _Choices(bench, progress)
    front = _front(order, bench, choices)
    chosen = best(order.aim, before, front)
    report = SqueezeReport(str(order.file), before, order.aim.keep, front, chosen, reached=_reached(bench.weights))
    if chosen is None:
        return report
    method = next(one for one in order.methods if one.name == chosen.method)
    model = squeezed(bench.weights, choices.at(method, chosen.factor))
    _ask(bench, "gate", program.build(bench.weights.tensors))
    report = replace(report, gate=bench.judge(model.weights(), "gate"))
    return replace(report, out=str(order.out), after=_write(order.out, model)) if report.passed else report


@dataclass(slots=True)
class _Choices:
    """Choices of methods; what each layer bears is measured where a method asks for it, once."""

    bench: _Bench
    progress: Progress
    shares: Mapping[str, float] | None = None

    def at(self, method: Method, factor: float) -> Choice:
        """The method at that factor."""
        if method.factors:
            return Choice(method, factor)
        if self.shares is None:
            self.shares = shares(self.bench.weights, self.bench.program, method, self.progress)
        return Choice(method, factor, self.shares)


def _front(order: Order, bench: _Bench, choices: _Choices) -> tuple[Tried, ...]:
    """The points that the search asks for; those that an earlier run judged are not judged again."""

    def attempt(method: Method, factor: float) -> Tried:
        point = order.memory.recall(method.name, factor)
        if point is None:
            model = squeezed(bench.weights, choices.at(method, factor))
            point = Tried(factor, _size(model), bench.judge(model.weights(), "development"), method.name)
            order.memory.keep(point)
        choices.progress.advance(1)
        return point

    choices.progress.start("searching", 0, "models")
    front = search(order.aim, order.file.stat().st_size, order.methods, attempt)
    choices.progress.finish()
    return front


def _reached(weights: Weights) -> Reached:
    tables = tuple(sorted(name for name, kind in weights.kinds.items() if kind is Kind.TABLE))
    seen = tuple(sorted(weights.moments))
    unseen = tuple(sorted(weights.kinds.keys() - set(tables) - set(seen)))
    return Reached(seen, unseen, tables, not_finite(weights.tensors))


def _bench(stored: Stored, program: Program, progress: Progress) -> _Bench:
    tensors = stored.tensors
    original = program.build(tensors)
    if program.prepare is not None:
        program.prepare(original)
    progress.start("calibrating", 0, "inputs")
    seen = calibrated(original, tensors, lambda: program.rows(original, program.calibration))
    progress.finish()
    kinds = kinds_of(tensors, frozenset(seen.tables), frozenset(seen.gates))
    moments = {name: one for name, one in seen.moments.items() if name in kinds}
    bench = _Bench(program, Weights(tensors, kinds, moments, stored.dtypes))
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
    write_model(stream, model)
    return stream.tell()


def _write(out: Path, model: SqueezedModel) -> int:
    """Write the file whole, read it back, and give its bytes; raises ProofFailed where it does not read as made."""
    with whole_file(out) as stream:
        write_model(stream, model)
    back, made = squeezed_model(out).weights(), model.weights()
    if back.keys() != made.keys() or not all(np.array_equal(back[name], made[name]) for name in made):
        out.unlink()
        raise ProofFailed("the file does not read back as it was made", where=str(out))
    return out.stat().st_size


def restore(file: Path, out: Path) -> int:
    """Write the plain safetensors file that a squeezed one stands for; gives its bytes."""
    model = squeezed_model(file)
    weights = model.weights()
    with whole_file(out) as stream:
        write_safetensors(stream, weights, {"format": "pt"}, model.words)
    return out.stat().st_size
