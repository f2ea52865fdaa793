"""A trace of what lies at a path, or is open already."""

from __future__ import annotations

import tempfile
from pathlib import Path

from deadweight.core.scene import Scene
from deadweight.core.trace import Trace
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.target import Place, Target, open_scene
from deadweight.pipeline.tracing.recording import trace_scene


def trace(target: Target | Place, exercise: Exercise, runs: int = 1) -> Trace:
    """Every path that the exercise's program and its children use, over so many runs; import sweeps are left out.

    Raises NotTraced where a run was not seen whole or a probe did not come out, Lacking where strace is missing.
    """
    return traced(open_scene(target), exercise, runs)


def traced(scene: Scene, exercise: Exercise, runs: int) -> Trace:
    """The same of what is open already."""
    wish = proving(exercise, scene.artifact, scene.progress)
    with tempfile.TemporaryDirectory(prefix="deadweight-trace-") as room:
        return trace_scene(scene, wish, Path(room), runs=runs)
