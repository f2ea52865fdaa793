"""What the development data of a task say of a file beside another; the gate's part is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deadweight.core.errors import Unknown
from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Judged
from deadweight.judging.gate import judged
from deadweight.judging.task import Program
from deadweight.models.reading import read
from deadweight.squeezing.storing.container import KEY
from deadweight.squeezing.storing.files import squeezed_model, weights_of

PART = "development"


def model_of(program: Program, path: Path) -> Any:  # noqa: ANN401  it is the user's own
    """The model of a file: a graph, or what only the task reads, by its own `build_file`; else of its weights.

    A graph without a `build_file` is built of its weights too, as squeezing does it. Raises as reading the file does.
    """
    try:
        checkpoint = read(path)
    except Unknown:
        if program.build_file is None:
            raise
        return program.build_file(path)
    if checkpoint.has_graph and program.build_file is not None:
        return program.build_file(path)
    return program.build(squeezed_model(path).weights() if KEY in checkpoint.metadata else weights_of(path))


def developed(program: Program, before: Path, after: Path, progress: Progress = SILENT) -> tuple[Judged, ...]:
    """Each task's development part, both files asked; what is fitted is fitted on the one before."""
    tasks = program.of(PART)
    progress.start("asking development data", 2 * len(tasks), "tasks")
    rows = []
    for at, path in enumerate((before, after)):
        model = model_of(program, path)
        if program.prepare is not None and at == 0:
            program.prepare(model)
        rows.append([_rows(program, model, task.parts[PART][0], progress) for task in tasks])
    progress.finish()
    return tuple(judged(task, PART, was, now) for task, was, now in zip(tasks, *rows, strict=True))


def _rows(program: Program, model: Any, inputs: Any, progress: Progress) -> Any:  # noqa: ANN401  as above
    found = program.rows(model, inputs)
    progress.advance(1)
    return found
