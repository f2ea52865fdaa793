"""Two artifacts are run and asked the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from deadweight.core.proof import Proof
from deadweight.core.report import Report
from deadweight.core.scene import Scene
from deadweight.core.version import VERSION
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.proving import Proving, compare
from deadweight.pipeline.questions import known_of
from deadweight.pipeline.standing import stand_for
from deadweight.pipeline.target import Place, Target, open_scene, target_of
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.ways_in import acquaint


def verify(before: Target | Place, after: Target | Place, exercise: Exercise) -> Report:
    """Run both in a sandbox, ask both the same, and compare; the verdict is in the report's proof."""
    watch = Watch()
    with watch.stage("open and attribute"):
        original, result = open_scene(before), open_scene(after)
    acquaint(original, exercise)
    wish = proving(exercise, original.artifact, target_of(before).sight.opening.progress)
    with watch.stage("prove"):
        proof = _compared(original, result, wish)
    return Report(
        VERSION,
        original.ask(COMPOSITION),
        after=result.ask(COMPOSITION),
        proof=proof,
        gaps=tuple(dict.fromkeys((*original.gaps, *result.gaps))),
        stages=tuple(watch.stages),
    )


def _compared(original: Scene, result: Scene, wish: Proving) -> Proof:
    """Run both, ask both the same, and compare; what has to be unpacked for it goes at the end."""
    with tempfile.TemporaryDirectory(prefix="deadweight-verify-") as room:
        stand = stand_for(original.artifact, Path(room, "before"))
        known = known_of(original, result, (stand, wish))
        return compare(known, stand_for(result.artifact, Path(room, "after"), Path(stand.place)), wish)
