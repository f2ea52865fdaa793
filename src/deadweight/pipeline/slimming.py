"""From a path to a smaller copy of what lies there, proven, and the report of what was measured."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.report import Report
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.making.ground import swapped
from deadweight.pipeline.making.make import make
from deadweight.pipeline.making.measuring import measured, since
from deadweight.pipeline.making.output import Output, check_free, target_format
from deadweight.pipeline.planning import planned
from deadweight.pipeline.pulling import Base
from deadweight.pipeline.scratch.alike import from_scratch
from deadweight.pipeline.target import Place, Target, open_scene, run_by
from deadweight.pipeline.tracing.watching import watched
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.ways_in import acquaint
from deadweight.pipeline.weighing import UNREACHED


def slim(
    target: Target | Place, output: Output | Place, what: Choice | Plan = UNREACHED, exercise: Exercise | None = None
) -> Report:
    """Make a smaller copy at the output, prove it with the exercise, and report what was measured.

    `what` is what may be cut, or the plan to make true. Edits that need a proof are left out without an exercise.
    Raises ProofFailed, with nothing written, where the result can't be made to answer as the original does.
    """
    out = output if isinstance(output, Output) else Output(Path(output))
    seen, watch = run_by(target, exercise), Watch()
    check_free(out, Path(seen.path))
    with watch.stage("open and attribute"):
        scene = open_scene(seen)
    with watch.stage("trace"):
        exercise = watched(scene, exercise, what)
    tree = scene.ask(COMPOSITION)
    if out.from_scratch:
        with watch.stage("compose and trace"):
            scene = from_scratch(scene, exercise, seen.sight)
            exercise = watched(scene, replace(exercise, trace=None) if exercise else None, what)
    wish = proving(exercise, scene.artifact, scene.progress) if exercise else None
    acquaint(scene, exercise)
    wanted = what if isinstance(what, Plan) else replace(what, provable=exercise is not None)
    with ExitStack() as open_rooms:
        ground = open_rooms.enter_context(swapped(scene, wanted, out, watch))
        report, plan = planned(ground, wanted, target_format(scene, out).stores, watch)
        with watch.stage("apply, prove and pack"):
            made = make(ground, plan, out, (seen.sight, wish))
    with watch.stage("count what is pulled"):
        report = measured(report, scene, made, Base(out.base, out.packing.base))
    report = replace(report, stages=tuple(watch.stages))
    return since(tree, report) if out.from_scratch else report
