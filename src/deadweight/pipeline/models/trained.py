"""Weights that were trained are written in the form and the dtypes that the file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.conversion import Converted
from deadweight.core.errors import UsageError
from deadweight.core.progress import Progress
from deadweight.core.tensor import Tensor
from deadweight.judging.array import Array
from deadweight.models.casting import bytes_in
from deadweight.models.converting import Wanted, convert
from deadweight.models.forms import form_of


def check_trained(out: Path, advice: str) -> None:
    """Raise UsageError, before anything is trained, where the new file would be a graph."""
    if form_of(out) is None:
        raise UsageError("a graph is not trained", where=str(out), advice=advice)


def write_trained(file: Path, out: Path, tensors: Mapping[str, Array], progress: Progress) -> Converted:
    """The file again with these tensors in place of its own; `out` was checked."""
    form = form_of(out)
    assert form is not None, "no graph is written"
    return convert(file, out, Wanted(form, change=_Rewriting(tensors)), progress)


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """Gives the new elements of the tensors that were trained, in the dtype that the file has."""

    tensors: Mapping[str, Array]

    def __call__(self, tensor: Tensor, given: Iterator[bytes]) -> Iterator[bytes]:
        """The bytes of the tensor as they are to be written."""
        if tensor.name not in self.tensors:
            yield from given
            return
        yield bytes_in(self.tensors[tensor.name], tensor.dtype)
