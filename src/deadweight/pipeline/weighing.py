"""From a path to what is in it, who owns it, and what could go: nothing is touched or run."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.level import Level
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.report import Report
from deadweight.formats.recognition import format_named
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.finding import chosen_rules
from deadweight.pipeline.making.ground import ground_of
from deadweight.pipeline.planning import planned
from deadweight.pipeline.target import Place, Target, open_scene, run_by
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.ways_in import acquaint

EVERYTHING = Choice()
UNREACHED = Choice(level=Level.BALANCED)


def weigh(
    target: Target | Place, choice: Choice = EVERYTHING, to: str = "", exercise: Exercise | None = None
) -> Report:
    """What is in it, who owns which bytes, what could go, and the plan to cut it; nothing is touched or run.

    `to` names the format that the result will have, empty for the artifact's own. `exercise` says how the program is
    started and what a run touched, for what is cut beyond the safe level.
    """
    chosen_rules(choice)  # an unknown name is told before minutes of reading
    watch = Watch()
    with watch.stage("open and attribute"):
        scene = open_scene(run_by(target, exercise))
        acquaint(scene, exercise)
    report, _ = planned(ground_of(scene), choice, format_named(to or scene.artifact.format).stores, watch)
    return replace(report, gaps=scene.gaps, stages=tuple(watch.stages))


def plan(target: Target | Place, choice: Choice = UNREACHED, to: str = "", exercise: Exercise | None = None) -> Plan:
    """What would change, bound to the artifact's digest; nothing is touched or run."""
    made = weigh(target, choice, to, exercise).plan
    assert made is not None, "weighing plans"
    return made
