"""Which tensors are likely to hold nothing but values of a shorter dtype: a sample says no, only all bytes say yes."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.models.looks import look
from deadweight.models.sampling import sample_of

_SAMPLE = 1 << 16


def likely_narrow(checkpoint: Checkpoint) -> tuple[int, ...]:
    """The indices of the float32 tensors of which all that was sampled fits."""
    return tuple(index for index, tensor in enumerate(checkpoint.tensors) if _fits(checkpoint, tensor))


def _fits(checkpoint: Checkpoint, tensor: Tensor) -> bool:
    sample = sample_of(checkpoint, tensor, _SAMPLE) if tensor.dtype == "float32" else b""
    if not sample:
        return False
    part = replace(tensor, shape=(len(sample) // tensor.width,), size=len(sample), strides=())
    return bool(look(part, (sample,)).fits)
