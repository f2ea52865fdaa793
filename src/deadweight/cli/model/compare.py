"""`deadweight model compare`: two models side by side, in answers, bytes, time and memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.model.judging import JUDGED_BY, basis
from deadweight.cli.options import PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.reports.json import pieces
from deadweight.reports.models import comparing

if TYPE_CHECKING:
    from deadweight.judging.racing import Course


@click.command("compare")
@click.argument("a", type=PATH)
@click.argument("b", type=PATH)
@JUDGED_BY
@click.option(
    "--part",
    type=click.Choice(("gate", "development")),
    default="gate",
    show_default=True,
    help="The part of the data that both are asked.",
)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Threads of each model.")
@click.option("--batch", "batches", multiple=True, type=click.IntRange(1), help="Inputs a call; 1, 16 and 64.")
@click.option("--starts", type=click.IntRange(2), default=3, show_default=True, help="Processes of each model.")
@click.option("--no-timing", is_flag=True, help="Answers and bytes alone.")
@TALK
def COMMAND(a: Path, b: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Hold model B against model A: what they answer, how long it takes, the memory and the bytes it takes.

    Answers are compared on data with labels or without, each figure with its interval. Time is measured with each
    model in a process of its own, both asked in turn, so that what else the machine does hits both alike; starts and
    rounds are drawn again for the interval. B is called faster only where all of the interval says so: a smaller file
    alone is not. Squeezed files, ONNX and whatever the task builds can be held against each other.

    \b
    Examples:
      deadweight model compare model.onnx int8.onnx --samples inputs.npz
      deadweight model compare model.safetensors small.safetensors --task task.py --no-timing
      deadweight model compare model.onnx int8.onnx --task task.py --threads 2 --batch 1 --batch 32 --json
    """
    judged_by = basis(given, a, b)
    from deadweight.pipeline.models.comparing import Pair, compare

    pair = Pair(a, b, judged_by, given["part"])
    done = compare(pair, _course(given), terminal_progress(quiet))
    if as_json:
        sys.stdout.writelines(pieces(comparing.document(done)))
    elif not quiet:
        sys.stdout.write(comparing.text(done, in_colour(sys.stdout)))
    return 0


def _course(given: dict[str, Any]) -> Course | None:
    from deadweight.judging.racing import BATCHES, Course

    if given["no_timing"]:
        return None
    return Course(tuple(sorted(set(given["batches"]))) or BATCHES, given["threads"], given["starts"])
