"""What the development data of a task say of a file beside another; the gate's part is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Judged
from deadweight.judging.gate import judged
from deadweight.judging.task import Program
from deadweight.models.reading import read
from deadweight.squeezing.container import KEY
from deadweight.squeezing.files import squeezed_model, weights_of

PART = "development"


def model_of(program: Program, path: Path) -> Any:  # noqa: ANN401  it is the user's own
    """The model of a file: of its weights, squeezed or plain; a graph by the task's own `build_file`.

    Raises UsageError for a graph where the task has none.
    """
    checkpoint = read(path)
    if checkpoint.has_graph:
        if program.build_file is None:
            raise UsageError(
                "the task has no build_file(path), which a graph takes",
                where=str(path),
                advice="Such as: def build_file(path): return onnxruntime.InferenceSession(path)",
            )
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
