"""What a model is judged by, as options that several commands of `deadweight model` share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deadweight.cli.talk import PATH, stacked
from deadweight.core.errors import Lacking, UsageError

if TYPE_CHECKING:
    from deadweight.judging.basis import Basis
    from deadweight.judging.task import Program

METRICS = ("agreement", "cosine", "closeness", "accuracy", "correlation")
JUDGED = stacked(
    click.option("--task", type=PATH, help="The Python file that says what it is judged by; it is run as such."),
    click.option("--samples", type=PATH, help="Instead of a task: inputs, and labels or none (npz, npy, csv, jsonl)."),
)
"""Of a step that is judged where that is asked for."""
JUDGED_BY = stacked(
    JUDGED,
    click.option("--metric", type=click.Choice(METRICS), help="What samples are judged by; else their shapes say."),
)
"""Of a command that judges: one of the two has to be named."""


def program_for(file: Path, given: Mapping[str, Any]) -> Program | None:
    """What judges the file, None where nothing was named; raises UsageError where two things were."""
    if given["task"] is None and given["samples"] is None:
        return None
    return basis(given, file).program(file)


def basis(given: Mapping[str, Any], *models: Path) -> Basis:
    """What the options come to; raises UsageError for neither or both, or for a file or a model that is not there.

    Raises Lacking without numpy.
    """
    task, samples, metric = given["task"], given["samples"], given.get("metric")
    if (task is None) == (samples is None):
        raise UsageError(
            "a model is judged by one of --task and --samples",
            advice="--task takes a Python file of yours (docs/models.md), --samples real inputs for a model that runs "
            "by itself.",
        )
    if metric and samples is None:
        raise UsageError("--metric goes with --samples", advice="A task states its own metric.")
    check_files(*models)
    check_there(*filter(None, (task, samples)))
    try:
        from deadweight.judging.basis import Basis
    except ImportError as fault:
        raise Lacking(f"judging a model needs {fault.name}", advice="pip install 'deadweight[models]'") from fault
    return Basis(task, samples, metric or "")


def check_files(*paths: Path) -> None:
    """Raise UsageError for the first that does not exist, or is a folder or a device."""
    check_there(*paths)
    for path in paths:
        if not path.is_file():
            raise UsageError("it is a folder or a device, not a file", where=str(path))


def check_there(*paths: Path) -> None:
    """Raise UsageError for the first that does not exist."""
    for path in paths:
        if not path.exists():
            raise UsageError("there is no such file", where=str(path))
