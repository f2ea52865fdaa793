"""What `deadweight model squeeze` is likely to save: the entropy of rounded weights, on a sample; a gate decides."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import plural
from deadweight.core.tensor import Checkpoint, Tensor, TensorFinding, Weighing
from deadweight.models.leftovers import leftover
from deadweight.models.rounding_estimate import DEAD_ZONE
from deadweight.models.rules.telling import name_of

NAME = "likely_squeeze"
LEAST = 0.05
STEP = 0.75
"""Where a search most often ends that keeps 95 % on every task: measured on MiniLM, CREPE and a recogniser of text."""
DELICATE = 0.12
"""The same for networks with convolutions of one channel each: measured on EfficientNet-Lite0."""


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        whole = left = count = 0
        step = DELICATE if any(map(_is_depthwise, checkpoint.tensors)) else STEP
        for tensor in _weights(checkpoint):
            share = weighing.squeezed(checkpoint, tensor, step)
            if share is not None:
                whole, left, count = whole + tensor.size, left + round(share * tensor.size), count + 1
        if whole and whole - left >= LEAST * whole:
            yield _finding(checkpoint, (whole, left, count), step)


def _weights(checkpoint: Checkpoint) -> Iterator[Tensor]:
    """One tensor of each stretch of bytes, without what is left over from training, which is stripped first."""
    seen = set()
    for index, tensor in enumerate(checkpoint.tensors):
        place = (tensor.storage, tensor.offset)
        if place not in seen and index not in checkpoint.unread and not leftover(tensor.path):
            seen.add(place)
            yield tensor


def _is_depthwise(tensor: Tensor) -> bool:
    return len(tensor.shape) == 4 and tensor.shape[1] == 1 and tensor.shape[0] > 1


def _finding(checkpoint: Checkpoint, measured: tuple[int, int, int], step: float) -> TensorFinding:
    whole, left, count = measured
    how = f"at a step of {step} of the root mean square and a dead zone of {DEAD_ZONE}, coded at its entropy"
    return TensorFinding(
        rule=NAME,
        says=f"squeezing would likely make the weights of {name_of(checkpoint)} {_times(whole / left)} smaller",
        size=whole - left,
        evidence=(Evidence(f"{plural(count, 'tensor')} {how}, 16,384 elements of each measured", checkpoint.location),),
        confidence=Confidence.POSSIBLE,
        safety=Safety.LOSSY,
        is_estimate=True,
    )


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio >= 9.5 else f"{ratio:.1f} times"


MODEL_RULE: ModelRule = ModelRule(NAME, "what squeezing is likely to save, an estimate; a gate decides", _find)
