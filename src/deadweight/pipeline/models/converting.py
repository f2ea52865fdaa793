"""A model file in another form: tensors in a form of tensors, a graph of a graph, or a graph of weights and a task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deadweight.core.conversion import Converted
from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.models import narrowing_graphs
from deadweight.models.converting import Wanted
from deadweight.models.converting import convert as convert_tensors
from deadweight.models.forms import form_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: a form by name where the ending does not say it, a dtype, what may be lost, a task."""

    form: str = ""
    dtype: str = ""
    allows_overflow: bool = False
    tensors_only: bool = False
    task: Path | None = None


def convert(file: Path, out: Path, asked: Asked, progress: Progress = SILENT) -> Converted:
    """Write the file in the form of `out`; raises as what does each, and UsageError for a dtype that a trace lacks."""
    form = form_of(out, asked.form)
    if form is not None:
        wanted = Wanted(form, asked.dtype, asked.allows_overflow, asked.tensors_only)
        return convert_tensors(file, out, wanted, progress)
    if asked.task is None:
        over = asked.allows_overflow
        return narrowing_graphs.narrowed(file, out, asked.dtype, allows_overflow=over, progress=progress)
    return _traced(file, out, asked, progress)


def _traced(file: Path, out: Path, asked: Asked, progress: Progress) -> Converted:
    if asked.dtype:
        raise UsageError("a graph is made in the dtype of its model", advice="Convert it, then the result: --dtype.")
    from deadweight.judging.task import program_of
    from deadweight.pipeline.models.exporting import to_graph

    assert asked.task is not None, "it was asked for"
    return to_graph(file, out, program_of(asked.task), progress)
