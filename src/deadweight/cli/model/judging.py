"""What a model is judged by, as options that several commands of `deadweight model` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deadweight.cli.talk import PATH, stacked
from deadweight.core.errors import Lacking, UsageError

if TYPE_CHECKING:
    from deadweight.judging.basis import Basis

METRICS = ("agreement", "cosine", "closeness", "accuracy", "correlation")
JUDGED_BY = stacked(
    click.option("--task", type=PATH, help="The Python file that says what it is judged by; it is run as such."),
    click.option("--samples", type=PATH, help="Instead of a task: inputs, and labels or none (npz, npy, csv, jsonl)."),
    click.option("--metric", type=click.Choice(METRICS), help="What samples are judged by; else their shapes say."),
)


def basis(task: Path | None, samples: Path | None, metric: str | None) -> Basis:
    """What the options come to; raises UsageError for neither or both, Lacking without numpy."""
    if (task is None) == (samples is None):
        raise UsageError(
            "a model is judged by one of --task and --samples",
            advice="--task takes a Python file of yours (docs/models.md), --samples real inputs for a model that runs "
            "by itself.",
        )
    if metric and samples is None:
        raise UsageError("--metric goes with --samples", advice="A task states its own metric.")
    try:
        from deadweight.judging.basis import Basis
    except ImportError as fault:
        raise Lacking(f"judging a model needs {fault.name}", advice="pip install 'deadweight[models]'") from fault
    return Basis(task, samples, metric or "")
