"""How long and how fast a changed model learns, as options that several commands of `deadweight model` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from deadweight.cli.talk import stacked
from deadweight.core.errors import UsageError

if TYPE_CHECKING:
    from deadweight.squeezing.steps.finetuning import Lesson

_PACE = ("lr", "batch", "seed")
PACE = stacked(
    click.option(
        "--lr", type=click.FloatRange(0.0, min_open=True), default=1e-4, show_default=True, help="Learning rate."
    ),
    click.option("--batch", type=click.IntRange(1), default=16, show_default=True, help="Inputs of a step."),
    click.option("--seed", type=int, default=0, show_default=True, help="The order of the inputs."),
)
"""What goes with --steps."""


def lesson_of(given: Mapping[str, Any]) -> Lesson:
    """What the options come to."""
    from deadweight.squeezing.steps.finetuning import Lesson

    return Lesson(given["steps"], given["lr"], given["batch"], given["seed"])


def check_pace(context: click.Context) -> None:
    """Raise UsageError for an option of learning where there are no steps in which to learn."""
    if context.params["steps"]:
        return
    for name in _PACE:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise UsageError(f"--{name} goes with --steps", advice="Without --steps nothing is trained.")
