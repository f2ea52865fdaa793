"""A model is squeezed: calibrated, searched, judged once by what was held back, and written where it passes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Reached, SqueezeReport, Tried
from deadweight.judging.gate import check_enough
from deadweight.judging.looks import Looks
from deadweight.judging.task import Program
from deadweight.pipeline.models.workshop import Workshop
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import Kind, Method
from deadweight.squeezing.readying import bench_of
from deadweight.squeezing.search import Aim, best, search
from deadweight.squeezing.squeezing import Weights, not_finite
from deadweight.squeezing.storing.files import stored_of, write_checked


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be squeezed into what, how, and how the search is to be remembered."""

    file: Path
    out: Path
    aim: Aim
    memory: Memory
    methods: tuple[Method, ...]
    looks: Looks = field(default_factory=Looks)


def squeeze(order: Order, program: Program, progress: Progress = SILENT) -> SqueezeReport:
    """Squeeze the file; where the gate refuses, nothing is written and the report says why.

    Raises UsageError for a program that differs from itself, and what reading the file raises.
    """
    before = order.file.stat().st_size
    order = replace(order, memory=order.memory.about(f"{order.aim.ratio:g}"))
    check_enough(program, order.aim.keep)
    bench = bench_of(stored_of(order.file), program, progress)
    workshop = Workshop(order.file, bench, order.memory, progress, before / order.aim.ratio if order.aim.ratio else 0.0)
    front = _front(order, workshop)
    chosen = best(order.aim, before, front)
    report = SqueezeReport(
        str(order.file),
        before,
        order.aim.keep,
        front,
        chosen,
        reached=_reached(bench.weights),
        notes=(*program.notes, *bench.notes),
    )
    if chosen is None:
        return report
    model = workshop.model(next(one for one in order.methods if one.name == chosen.method), chosen.factor)
    candidate = f"{order.memory.subject} {chosen.method} {chosen.factor}"
    report = replace(report, looks=order.looks.before(candidate), gate=bench.standards.judged(model.weights(), "gate"))
    order.looks.note(candidate)
    return replace(report, out=str(order.out), after=write_checked(order.out, model)) if report.passed else report


def _front(order: Order, workshop: Workshop) -> tuple[Tried, ...]:
    """The points that the search asks for, and before them what each look is expected to take."""
    workshop.progress.start("asking the original", 0, "models")
    workshop.bench.standards.measure()
    workshop.announce()
    front = search(order.aim, order.file.stat().st_size, order.methods, workshop)
    workshop.progress.finish()
    return front


def _reached(weights: Weights) -> Reached:
    tables = tuple(sorted(name for name, kind in weights.kinds.items() if kind is Kind.TABLE))
    seen = tuple(sorted(weights.kinds.keys() & weights.calibration.reached.keys()))
    unseen = tuple(sorted(weights.kinds.keys() - set(tables) - set(seen)))
    return Reached(seen, unseen, tables, not_finite(weights.tensors))
