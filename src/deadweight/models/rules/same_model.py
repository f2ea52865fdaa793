"""Files that hold the weights of another file, in another format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import Checkpoint, TensorFinding, Weighing
from deadweight.models.copies import copies, rearranged
from deadweight.models.rules.telling import name_of

NAME = "same_model"
SHARE = 0.9


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    by_location = {checkpoint.location: checkpoint for checkpoint in weighing.checkpoints}
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for copy in (*copies(weighing), *rearranged(weighing)):
        if copy.first[0] is not copy.checkpoint:
            shared[copy.first[0].location, copy.checkpoint.location] += copy.tensor.size
    for (first, second), size in shared.items():
        checkpoint = by_location[second]
        whole = sum(tensor.size for tensor in checkpoint.tensors)
        if size >= SHARE * whole:
            yield _finding(by_location[first], checkpoint, size, whole)


def _finding(first: Checkpoint, checkpoint: Checkpoint, size: int, whole: int) -> TensorFinding:
    share = f"{size:,} of the {whole:,} bytes of its tensors"
    return TensorFinding(
        rule=NAME,
        says=f"{name_of(checkpoint)} ({checkpoint.format}) is the model of {name_of(first)} ({first.format})",
        size=checkpoint.size,
        evidence=(Evidence(f"{share} are in {name_of(first)}, equal by blake3", checkpoint.location),),
        confidence=Confidence.LIKELY,
    )


MODEL_RULE: ModelRule = ModelRule(NAME, "one model in several files or formats", _find)
