"""From a path to a smaller copy of what lies there, proven, and the report of what was measured."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from deadweight.core.planning import Choice, Wanted
from deadweight.core.report import Report
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.making.make import make
from deadweight.pipeline.making.measuring import measured, since
from deadweight.pipeline.making.output import Output, check_free, target_format
from deadweight.pipeline.making.swapping import swapped
from deadweight.pipeline.planning import planned
from deadweight.pipeline.readying import readied
from deadweight.pipeline.target import Place, Target, run_by
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.weighing import UNREACHED


def slim(
    target: Target | Place, output: Output | Place, what: Wanted = UNREACHED, exercise: Exercise | None = None
) -> Report:
    """Make a smaller copy at the output, prove it with the exercise, and report what was measured.

    `what` is what may be cut, or the plan to make true. Edits that need a proof are left out without an exercise.
    Raises ProofFailed, with nothing written, where the result can't be made to answer as the original does.
    """
    out = output if isinstance(output, Output) else Output(Path(output))
    seen, watch = run_by(target, exercise), Watch()
    check_free(out, Path(seen.path))
    ready = readied(seen, (exercise, what), watch, out)
    wanted = replace(what, provable=exercise is not None) if isinstance(what, Choice) else what
    with ExitStack() as open_rooms:
        ground = open_rooms.enter_context(swapped(ready.scene, wanted, out, watch))
        report, plan = planned(ground, wanted, target_format(ready.scene, out).stores, watch)
        with watch.stage("apply, prove and pack"):
            made = make(ground, plan, out, (seen.sight, ready.proving))
    with watch.stage("count what is pulled"):
        report = measured(report, ready.scene, made, out)
    report = replace(report, stages=tuple(watch.stages))
    return since(ready.opened, report) if out.from_scratch else report
