"""What the trace files that a person named say of an artifact that is open."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.scene import Scene
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.tracing.foreign import read_any
from deadweight.pipeline.tracing.uniting import united


def with_traces(exercise: Exercise, scene: Scene) -> Exercise:
    """The exercise with its trace files read, united with the trace that it has.

    Raises UsageError for a file that is no trace and for one of another artifact, NotTraced for a record with losses.
    """
    if not exercise.traces:
        return exercise
    had = (exercise.trace,) if exercise.trace is not None else ()
    read = (read_any(path, scene) for path in exercise.traces)
    return replace(exercise, trace=united((*had, *read)), traces=())
