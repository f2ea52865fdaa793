"""How a finding of tensors is put together; this is no rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deadweight.core.finding import Confidence, Evidence
from deadweight.core.tensor import Checkpoint, Held, Tensor, TensorFinding

MOST_TOLD = 5


def name_of(checkpoint: Checkpoint) -> str:
    """The name of its file."""
    return Path(checkpoint.location).name


def held(checkpoint: Checkpoint, tensors: Sequence[Tensor]) -> tuple[Held, ...]:
    """The tensors by name."""
    return tuple(Held(checkpoint.location, tensor.name) for tensor in tensors)


def described(tensor: Tensor) -> str:
    """A tensor in a few words."""
    shape = " x ".join(map(str, tensor.shape)) or "scalar"
    return f"{tensor.name}: {tensor.dtype} {shape}, {tensor.size:,} bytes"


def place(checkpoint: Checkpoint, tensor: Tensor) -> str:
    """Where its bytes lie."""
    storage = checkpoint.storages[tensor.storage]
    inside = "" if not storage.packing else f" ({storage.packing})"
    return f"{storage.file}, offset {storage.offset + (0 if storage.packing else tensor.offset)}{inside}"


def evidence_of(checkpoint: Checkpoint, tensors: Sequence[Tensor], why: str = "") -> tuple[Evidence, ...]:
    """The biggest of the tensors, each with its place."""
    biggest = sorted(tensors, key=lambda tensor: -tensor.size)[:MOST_TOLD]
    return tuple(
        Evidence(described(tensor) + (f", {why}" if why else ""), place(checkpoint, tensor)) for tensor in biggest
    )


def suggestion(
    rule: str, says: str, place: tuple[Checkpoint, Sequence[Tensor]], why: str, size: int | None = None
) -> TensorFinding:
    """A finding for a person to decide, of tensors that go as a whole unless another size is stated."""
    checkpoint, tensors = place
    whole = sum(tensor.size for tensor in tensors) if size is None else size
    evidence = evidence_of(checkpoint, tensors, why)
    return TensorFinding(rule, says, whole, evidence, Confidence.LIKELY, tensors=held(checkpoint, tensors))
