"""`deadweight model squeeze`: the smallest model that keeps what a task asks for, where a gate says so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.model.judging import JUDGED_BY, basis
from deadweight.cli.model.methods import METHODS, chosen_methods
from deadweight.cli.model.remembering import remembered
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.squeeze_report import SqueezeReport
from deadweight.reports.json import as_plain, text
from deadweight.reports.models import squeezing

REFUSED = 3


@click.command("squeeze")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help="The squeezed file; an ordinary safetensors.")
@JUDGED_BY
@click.option("--keep", type=click.FloatRange(0.01, 1.0), default=0.95, show_default=True, help="The share to keep.")
@click.option("--ratio", type=click.FloatRange(1.0), default=None, help="How many times smaller; as small as passes.")
@METHODS
@click.option("--memory", type=PATH, help="A file that remembers what was judged, so that a search goes on.")
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Squeeze FILE: weights rounded with error feedback to codes that zstd packs, coarser until a task says stop.

    The task's development data steer the search. The result is written only where the gate's data, touched once, say
    that each task keeps the share: the lower bound of a paired bootstrap, 95 % sure. Otherwise nothing is written, and
    the exit status is 3. The task is your own program and is run as such.

    Methods that are named with --method are all searched; else feedback is, and those after it only where it fails.

    \b
    Examples:
      deadweight model squeeze model.safetensors -o small.safetensors --task task.py
      deadweight model squeeze model.safetensors -o small.safetensors --task task.py --ratio 14 --keep 0.97
      deadweight model squeeze model.onnx -o small.safetensors --samples inputs.npz
      deadweight model restore small.safetensors -o plain.safetensors
    """
    report = _squeezed(file, out, given, quiet)
    if as_json:
        sys.stdout.write(text({**as_plain(report), "passed": report.passed}))
    elif not quiet:
        sys.stdout.write(squeezing.text(report, in_colour(sys.stdout)))
    return 0 if report.passed else REFUSED


def _squeezed(file: Path, out: Path, given: dict[str, Any], quiet: bool) -> SqueezeReport:
    judged_by = basis(given, file)
    from deadweight.pipeline.models.squeezing import Order, squeeze
    from deadweight.squeezing.search import Aim

    program = judged_by.program(file)
    memory, looks = remembered(given["memory"], file, judged_by)
    aim = Aim(given["keep"], given["ratio"] or 0.0, bool(given["names"]))
    return squeeze(Order(file, out, aim, memory, chosen_methods(given), looks), program, terminal_progress(quiet))
