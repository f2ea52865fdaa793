"""Weights are read from model files, and written as safetensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from deadweight.core.errors import Unknown
from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.judging.array import Array
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.models.writing_safetensors import Body, write
from deadweight.squeezing.container import SqueezedModel, from_stored

_WHOLE = (f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))
_KNOWN = frozenset({"bool", "float16", "float32", "float64", *_WHOLE})


def weights_of(path: Path) -> dict[str, Array]:
    """Every tensor of the model file by name; raises what reading does, and Unknown for a dtype that numpy lacks.

    bfloat16 comes as float32, which holds it exactly.
    """
    checkpoint = read(path)
    return {one.name: array_of(checkpoint, one) for one in checkpoint.tensors}


def array_of(checkpoint: Checkpoint, tensor: Tensor) -> Array:
    """The tensor's elements."""
    body = b"".join(elements(checkpoint, tensor))
    if tensor.dtype == "bfloat16":
        words = np.frombuffer(body, dtype="<u2").astype(np.uint32) << 16
        return words.view(np.float32).reshape(tensor.shape)
    if tensor.dtype not in _KNOWN:
        raise Unknown(f"the tensor {tensor.name!r} is of {tensor.dtype}", where=checkpoint.location)
    return np.frombuffer(body, dtype=np.dtype(tensor.dtype).newbyteorder("<")).reshape(tensor.shape)


def squeezed_model(path: Path) -> SqueezedModel:
    """The squeezed model that lies at the path; raises Corrupt for anything else."""
    checkpoint = read(path)
    stored = {one.name: array_of(checkpoint, one) for one in checkpoint.tensors}
    return from_stored(stored, checkpoint.metadata, path)


def write_safetensors(stream: BinaryIO, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """The tensors by name, the same bytes for the same tensors."""
    write(stream, [_body(name, one) for name, one in tensors.items()], metadata)


def _body(name: str, one: Array) -> Body:
    def pieces() -> Iterator[bytes]:
        yield np.ascontiguousarray(one.astype(one.dtype.newbyteorder("<"))).tobytes()

    return Body(name, one.dtype.name, one.shape, one.nbytes, pieces)
