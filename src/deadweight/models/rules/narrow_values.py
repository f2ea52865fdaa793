"""float32 that holds nothing but values of a shorter dtype, and bytes that are the same in every element."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import agreeing, plural
from deadweight.core.tensor import Checkpoint, Tensor, TensorFinding, Weighing
from deadweight.models.rules.telling import name_of, suggestion

NAME = "narrow_values"
SMALLEST = 1024


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        fitting: dict[str, list[Tensor]] = defaultdict(list)
        constant: list[tuple[Tensor, int]] = []
        for tensor in checkpoint.tensors:
            looked = weighing.look(checkpoint, tensor) if tensor.size >= SMALLEST else None
            if looked is not None and looked.fits:
                fitting[looked.fits].append(tensor)
            elif looked is not None and looked.constant and tensor.dtype.startswith(("float", "bfloat")):
                constant.append((tensor, len(looked.constant) * tensor.elements))
        for dtype, tensors in fitting.items():
            yield _fits(checkpoint, dtype, tensors)
        if constant:
            yield _constant(checkpoint, constant)


def _fits(checkpoint: Checkpoint, dtype: str, tensors: list[Tensor]) -> TensorFinding:
    count = len(tensors)
    told = f"{agreeing(count, 'is')} float32 and {agreeing(count, 'holds')} only values of {dtype}"
    says = f"{plural(count, 'tensor')} of {name_of(checkpoint)} {told}"
    size = sum(tensor.size for tensor in tensors) // 2
    return suggestion(NAME, says, (checkpoint, tensors), f"every element is a {dtype}: all were looked at", size)


def _constant(checkpoint: Checkpoint, constant: list[tuple[Tensor, int]]) -> TensorFinding:
    tensors, size = [tensor for tensor, _ in constant], sum(count for _, count in constant)
    told = f"{agreeing(len(tensors), 'has')} bytes that are the same in every element"
    says = f"{plural(len(tensors), 'tensor')} of {name_of(checkpoint)} {told}"
    return suggestion(NAME, says, (checkpoint, tensors), "lossless coding takes those bytes away", size)


MODEL_RULE: ModelRule = ModelRule(NAME, "values that a shorter dtype holds exactly; constant bytes", _find)
