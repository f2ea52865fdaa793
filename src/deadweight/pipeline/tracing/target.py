"""A trace from a path, for the Python surface."""

from __future__ import annotations

import tempfile
from pathlib import Path

from deadweight.core.trace import Trace
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.target import Place, Target, open_scene
from deadweight.pipeline.tracing.recording import trace_scene


def trace(target: Target | Place, exercise: Exercise, runs: int = 1) -> Trace:
    """Every path that the exercise's program and its children use, over so many runs; import sweeps are left out.

    Raises NotTraced where a run was not seen whole or a probe did not come out, Lacking where strace is missing.
    """
    seen = target if isinstance(target, Target) else Target(target)
    scene = open_scene(seen)
    wish = proving(exercise, scene.artifact, seen.sight.opening.progress)
    with tempfile.TemporaryDirectory(prefix="deadweight-trace-") as room:
        return trace_scene(scene, wish, Path(room), runs=runs)
