"""Before a plan is made, the program is run once under watch, so that the plan knows what it touched."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import Lacking
from deadweight.core.gap import Gap
from deadweight.core.level import Level
from deadweight.core.planning import Choice, Wanted
from deadweight.core.probe import ProbeKind
from deadweight.core.scene import Scene
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.proving import Proving
from deadweight.pipeline.tracing.given import with_traces
from deadweight.pipeline.tracing.recording import trace_scene


def watched(scene: Scene, exercise: Exercise | None, what: Wanted) -> Exercise | None:
    """The exercise with the traces that it names read, or with what a run of it touched, where that says more.

    Where the system can't trace, it is as it was, and that is noted.
    """
    if exercise is None:
        return None
    exercise = with_traces(exercise, scene)
    wish = proving(exercise, scene.artifact, scene.progress)
    if not _is_watched(exercise, wish, what):
        return exercise
    try:
        with tempfile.TemporaryDirectory(prefix="deadweight-trace-") as room:
            return replace(exercise, trace=trace_scene(scene, wish, Path(room)))
    except Lacking as fault:
        why = f"no run was watched, so the closure alone says what is reached: {fault.what}"
        scene.note(Gap("trace", scene.artifact.location, why))
        return exercise


def _is_watched(exercise: Exercise, wish: Proving, what: Wanted) -> bool:
    """Whether a run is to be watched: for what is cut by reachability, where there is something to run and no trace."""
    if not isinstance(what, Choice) or what.level is Level.SAFE or not exercise.watched or exercise.trace is not None:
        return False
    return wish.start is not None or any(probe.kind is ProbeKind.COMMAND for probe in wish.probes)
