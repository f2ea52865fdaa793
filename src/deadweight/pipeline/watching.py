"""Before a plan is made, the program is run once under watch, so that the plan knows what it touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import Lacking
from deadweight.core.gap import Gap
from deadweight.core.level import Level
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.probe import ProbeKind
from deadweight.core.scene import Scene
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.proving import Proving
from deadweight.pipeline.tracing import trace_scene


def is_watched(exercise: Exercise, wish: Proving, what: Choice | Plan) -> bool:
    """Whether a run is to be watched: for what is cut by reachability, where there is something to run and no trace."""
    if isinstance(what, Plan) or what.level is Level.SAFE or not exercise.watched or exercise.trace is not None:
        return False
    return wish.start is not None or any(probe.kind is ProbeKind.COMMAND for probe in wish.probes)


def watched(scene: Scene, exercise: Exercise, wish: Proving, room: Path) -> Exercise:
    """The exercise with the trace of a run; where the system can't trace, as it is, and that is noted."""
    try:
        return replace(exercise, trace=trace_scene(scene, wish, room))
    except Lacking as fault:
        why = f"no run was watched, so the closure alone says what is reached: {fault.what}"
        scene.note(Gap("trace", scene.artifact.location, why))
        return exercise
