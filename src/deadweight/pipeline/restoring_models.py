"""The plain model that a squeezed file stands for, in the form that the new name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deadweight.core.conversion import Ran
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import Step
from deadweight.formats.output import refuse_inside, whole_file
from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.models import onnx_files
from deadweight.models.forms import Content, Form
from deadweight.models.reading import read
from deadweight.models.writing_safetensors import Body
from deadweight.pipeline.exporting import write_graph
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.dtypes import words_of
from deadweight.squeezing.files import squeezed_model
from deadweight.squeezing.graphs import filled_graph

_Places = tuple[Path, Path]
"""What is read, and what is written."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A squeezed file made plain: bytes before and after; `ran` where a graph was made of it and run."""

    file: str
    out: str
    before: int
    after: int
    form: str
    ran: Ran | None = None


def restore(
    file: Path, out: Path, form: Form | None, program: Program | None = None, progress: Progress = SILENT
) -> Restored:
    """Write the plain model; without a form the graph that it was squeezed from, or that the program makes.

    Raises Corrupt for a file that was not squeezed, UsageError for a form that lacks a dtype, or a graph that is not
    to be had.
    """
    model, ran = squeezed_model(file), None
    refuse_inside(out, file)
    if form is not None:
        _write(model, out, form)
    else:
        ran = _write_graph(model, (file, out), program, progress)
    name = "ONNX" if form is None else form.name
    return Restored(str(file), str(out), file.stat().st_size, read(out).size, name, ran)


def _write(model: SqueezedModel, out: Path, form: Form) -> None:
    weights, words = model.weights(), model.words
    bodies = [_body(name, one, words.get(name, "")) for name, one in weights.items()]
    form.check(((body.name, body.dtype) for body in bodies), str(out))
    paths: dict[tuple[Step, ...], int] = {(name,): at for at, name in enumerate(weights)}
    with whole_file(out) as stream:
        form.write(stream, Content(bodies, paths, metadata={"format": "pt"}))


def _body(name: str, one: Array, word: str) -> Body:
    held: Array = words_of(one) if word else one

    def pieces() -> Iterator[bytes]:
        yield np.ascontiguousarray(held).astype(held.dtype.newbyteorder("<")).tobytes()

    return Body(name, word or one.dtype.name, one.shape, held.nbytes, pieces)


def _write_graph(model: SqueezedModel, places: _Places, program: Program | None, progress: Progress) -> Ran | None:
    file, out = places
    graph = filled_graph(model, file)
    if graph is None:
        return write_graph(model.weights(), out, program, progress)
    onnx_files.write(graph, out, read(file), lambda _: None)
    return None
