"""Whether an image from scratch, with nothing cut, does what the tree does that it is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from deadweight.core.artifact import Artifact
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.proof import NO_PROOF, Proof, Verdict
from deadweight.core.scene import Scene
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.proving import Proving, baseline, compare
from deadweight.pipeline.scratch.composing import compose
from deadweight.pipeline.standing import stand_for


def from_scratch(scene: Scene, exercise: Exercise | None, sight: Sight) -> Scene:
    """The image from scratch that a person asked for; raises UsageError where nothing says what it starts."""
    if exercise is None or not exercise.run:
        raise UsageError(
            "nothing says what the image is to start",
            where=scene.artifact.location,
            advice="Give --run 'COMMAND' and --probe: an image from scratch is compared with the tree.",
        )
    return compose_alike(scene, exercise, sight, lambda artifact: proving(exercise, artifact, scene.progress))


def compose_alike(original: Scene, exercise: Exercise, sight: Sight, wish: Callable[[Artifact], Proving]) -> Scene:
    """Compose, and see that nothing was lost by it: what is cut later is compared with the image.

    Raises ProofFailed where the image, with nothing cut, does not do what the tree does.
    """
    made = compose(original, exercise, sight)
    asked = wish(made.artifact)
    with TemporaryDirectory(prefix="deadweight-compose-") as room:
        proof = alike(original, made, asked, Path(room)) if asked.probes else NO_PROOF
    if proof.verdict is Verdict.DIFFERENT:
        told = next(one for one in proof.comparisons if one.verdict is Verdict.DIFFERENT)
        raise ProofFailed(
            f"an image from scratch does not do what the tree does: {told.probe}: {told.difference}",
            advice="Something of this host is missing in it. Give a trace of a run that uses it: deadweight trace.",
        )
    return made


def alike(original: Scene, made: Scene, wish: Proving, room: Path) -> Proof:
    """Whether the image, with nothing cut, does what the tree does on this host, by the probes that were given."""
    stand = stand_for(original.artifact, room)
    known = baseline(stand, wish, wish.probes)
    return compare(known, stand_for(made.artifact, room, Path(stand.place)), wish)
