"""What a step on models needs that a plain install has not, and by what the steps are judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deadweight.cli.talk import PATH, stacked
from deadweight.core.errors import Lacking, UsageError

if TYPE_CHECKING:
    from deadweight.judging.task import Program

JUDGED = stacked(
    click.option("--task", type=PATH, help="The Python file whose development data are asked before and after."),
    click.option("--samples", type=PATH, help="The same by real inputs of a graph: .npz, .npy, .csv or .jsonl."),
)


def check_numpy(what: str) -> None:
    """Raise Lacking where numpy is not there; `what` is what takes it."""
    try:
        import numpy  # noqa: F401
    except ImportError as fault:
        raise Lacking(f"{what} takes numpy", advice="pip install 'deadweight[models]'") from fault


def program_for(file: Path, given: Mapping[str, Any]) -> Program | None:
    """What judges the file, None where nothing was named; raises UsageError where two things were."""
    if given["task"] and given["samples"]:
        raise UsageError("--task and --samples both say what it is judged by", advice="Name one of them.")
    if given["task"]:
        from deadweight.judging.task import program_of

        return program_of(given["task"])
    if given["samples"]:
        from deadweight.judging.samples import program_of_samples

        return program_of_samples(file, given["samples"])
    return None
