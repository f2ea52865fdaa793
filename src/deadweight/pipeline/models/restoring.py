"""The plain model that a squeezed file stands for, in the form that the new name says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deadweight.core.conversion import Ran
from deadweight.core.progress import SILENT, Progress
from deadweight.formats.output import refuse_inside
from deadweight.judging.task import Program
from deadweight.models import onnx_files
from deadweight.models.forms import Form
from deadweight.models.reading import read
from deadweight.pipeline.models.exporting import write_graph
from deadweight.squeezing.storing.files import squeezed_model
from deadweight.squeezing.storing.graphs import filled_graph
from deadweight.squeezing.storing.plain_files import write_plain


@dataclass(frozen=True, slots=True)
class Restored:
    """A squeezed file made plain: bytes before and after; `ran` where a graph was made of it and run."""

    file: str
    out: str
    before: int
    after: int
    form: str
    ran: Ran | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A form; without one a graph: the one that was squeezed, or what the program makes of the weights."""

    form: Form | None
    program: Program | None = None


def restore(file: Path, out: Path, wish: Wish, progress: Progress = SILENT) -> Restored:
    """Write the plain model.

    Raises Corrupt for a file that was not squeezed, UsageError for a form that lacks a dtype, or a graph that is not
    to be had.
    """
    refuse_inside(out, file)
    model, ran = squeezed_model(file), None
    graph = None if wish.form else filled_graph(model, file)
    if wish.form is not None:
        write_plain(model, out, wish.form)
    elif graph is not None:
        onnx_files.write(graph, out, read(file), lambda _: None)
    else:
        ran = write_graph(model.weights(), out, wish.program, progress)
    name = "ONNX" if wish.form is None else wish.form.name
    return Restored(str(file), str(out), file.stat().st_size, read(out).size, name, ran)
