"""What lossless coding would save: exponents and mantissas coded apart, measured on a sample."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import Checkpoint, TensorFinding, Weighing
from deadweight.models.rules.telling import name_of

NAME = "lossless_coding"
LEAST = 0.05


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        whole = saved = 0
        for tensor in _once(checkpoint):
            share = weighing.packed(checkpoint, checkpoint.tensors[tensor])
            if share is not None:
                whole += checkpoint.tensors[tensor].size
                saved += round((1 - share) * checkpoint.tensors[tensor].size)
        if whole and saved >= LEAST * whole:
            yield _finding(checkpoint, whole, saved)


def _once(checkpoint: Checkpoint) -> Iterator[int]:
    """One tensor of each stretch of bytes."""
    seen = set()
    for index, tensor in enumerate(checkpoint.tensors):
        if (tensor.storage, tensor.offset) not in seen:
            seen.add((tensor.storage, tensor.offset))
            yield index


def _finding(checkpoint: Checkpoint, whole: int, saved: int) -> TensorFinding:
    ratio = f"{whole / (whole - saved):.2f} times smaller"
    return TensorFinding(
        rule=NAME,
        says=f"lossless coding would make the tensors of {name_of(checkpoint)} {ratio}",
        size=saved,
        evidence=(
            Evidence(
                "exponents by Huffman codes apart from mantissas, up to 1 MB of each tensor measured",
                checkpoint.location,
            ),
        ),
        confidence=Confidence.LIKELY,
        is_estimate=True,
    )


MODEL_RULE: ModelRule = ModelRule(NAME, "what lossless coding would save, an estimate", _find)
