"""State of the optimizer, the scheduler and the trainer, and averages of the weights beside the weights."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import agreeing, plural
from deadweight.core.tensor import Checkpoint, TensorFinding, Weighing
from deadweight.models.leftovers import averaged, leftover
from deadweight.models.rules.telling import evidence_of, held, name_of, suggestion

NAME = "training_leftovers"


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        yield from _left_over(checkpoint)
        yield from _averages(checkpoint)


def _left_over(checkpoint: Checkpoint) -> Iterator[TensorFinding]:
    tensors = [tensor for tensor in checkpoint.tensors if leftover(tensor.path)]
    if not tensors:
        return
    count = len(tensors)
    is_whole = count == len(checkpoint.tensors)
    size = sum(tensor.size for tensor in tensors)
    yield TensorFinding(
        rule=NAME,
        says=f"{name_of(checkpoint)} is the state of a trainer and holds no weights"
        if is_whole
        else f"{plural(count, 'tensor')} of {name_of(checkpoint)} only {agreeing(count, 'serves')} to go on training",
        size=size,
        evidence=evidence_of(checkpoint, tensors, leftover(max(tensors, key=lambda one: one.size).path)),
        confidence=Confidence.CERTAIN,
        safety=Safety.SUGGESTED if is_whole else Safety.SAFE,
        tensors=held(checkpoint, tensors),
    )


def _averages(checkpoint: Checkpoint) -> Iterator[TensorFinding]:
    tensors = [tensor for tensor in checkpoint.tensors if averaged(tensor.path)]
    if tensors and len(tensors) < len(checkpoint.tensors):
        key = averaged(tensors[0].path)
        says = f"{name_of(checkpoint)} holds weights and their running average ({key}): one of the two is not used"
        yield suggestion(NAME, says, (checkpoint, tensors), f"lies under {key!r}; which one is loaded only you know")


MODEL_RULE: ModelRule = ModelRule(NAME, "optimizer, scheduler, gradients, averages of the weights", _find)
