"""Weights are read from model files, and written as safetensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from deadweight.core.errors import ProofFailed, Unknown
from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.formats.output import whole_file
from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.models.writing_safetensors import Body, write
from deadweight.squeezing.storing.container import SqueezedModel, from_stored
from deadweight.squeezing.storing.dtypes import BFLOAT16, KNOWN

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """The tensors of a file by name; `dtypes` are of those that numpy lacks the dtype of: bfloat16 is float32 here."""

    path: Path
    tensors: Mapping[str, Array]
    dtypes: Mapping[str, str]


def stored_of(path: Path) -> Stored:
    """Every tensor of the model file; raises what reading does.

    Raises Unknown for a dtype that is not read, for a file without tensors, and for one whose reader left gaps: what a
    squeezed file lacks would be lost.
    """
    checkpoint = read(path)
    wrong = [f"{gap.where}: {gap.reason}" for gap in checkpoint.gaps]
    wrong += [f"{one.name} is of {one.dtype}" for one in checkpoint.tensors if one.dtype not in KNOWN]
    wrong += [] if checkpoint.tensors else ["it has no tensors"]
    if wrong:
        more = f", and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise Unknown("not all of it can be read: " + "; ".join(wrong[:_SHOWN]) + more, where=checkpoint.location)
    return _stored(checkpoint)


def _stored(checkpoint: Checkpoint) -> Stored:
    return Stored(
        Path(checkpoint.location),
        {one.name: array_of(checkpoint, one) for one in checkpoint.tensors},
        {one.name: one.dtype for one in checkpoint.tensors if one.dtype == BFLOAT16},
    )


def weights_of(path: Path) -> dict[str, Array]:
    """The tensors of `stored_of` alone."""
    return dict(stored_of(path).tensors)


def array_of(checkpoint: Checkpoint, tensor: Tensor) -> Array:
    """The tensor's elements, bfloat16 as float32; raises Unknown for a dtype that is not read."""
    if tensor.dtype not in KNOWN:
        raise Unknown(f"the tensor {tensor.name!r} is of {tensor.dtype}", where=checkpoint.location)
    body = b"".join(elements(checkpoint, tensor))
    if tensor.dtype == BFLOAT16:
        return from_words(np.frombuffer(body, dtype="<u2")).reshape(tensor.shape)
    return np.frombuffer(body, dtype=np.dtype(tensor.dtype).newbyteorder("<")).reshape(tensor.shape)


def squeezed_model(path: Path) -> SqueezedModel:
    """The squeezed model that lies at the path; raises Corrupt for anything else."""
    checkpoint = read(path)
    return from_stored(_stored(checkpoint).tensors, checkpoint.metadata, path)


def write_model(stream: BinaryIO, model: SqueezedModel) -> None:
    """The squeezed model as a safetensors file."""
    write_safetensors(stream, dict(model.stored()), model.metadata())


def size_of(model: SqueezedModel) -> int:
    """Bytes of its file."""
    stream = BytesIO()
    write_model(stream, model)
    return stream.tell()


def write_checked(out: Path, model: SqueezedModel) -> int:
    """Write the file whole, read it back, and give its bytes; raises ProofFailed where it does not read as made."""
    with whole_file(out) as stream:
        write_model(stream, model)
    back, made = squeezed_model(out).weights(), model.weights()
    if back.keys() != made.keys() or any(back[name].tobytes() != made[name].tobytes() for name in made):
        out.unlink()
        raise ProofFailed("the file does not read back as it was made", where=str(out))
    return out.stat().st_size


def write_safetensors(
    stream: BinaryIO, tensors: Mapping[str, Array], metadata: Mapping[str, str], dtypes: Mapping[str, str] | None = None
) -> None:
    """The tensors by name, the same bytes for the same tensors; what `dtypes` calls bfloat16 is written as such."""
    said = dtypes or {}
    write(stream, [_body(name, one, said.get(name, "")) for name, one in tensors.items()], metadata)


def _body(name: str, one: Array, dtype: str) -> Body:
    is_word = dtype == BFLOAT16

    def pieces() -> Iterator[bytes]:
        held = words_of(one) if is_word else one
        yield np.ascontiguousarray(held.astype(held.dtype.newbyteorder("<"))).tobytes()

    return Body(name, dtype if is_word else one.dtype.name, one.shape, 2 * one.size if is_word else one.nbytes, pieces)
