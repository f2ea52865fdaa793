"""`deadweight model restore`: the plain model that a squeezed one stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.models.forms import FORMS, NAMES, ONNX_ENDING, form_of
from deadweight.reports.json import as_plain, text
from deadweight.reports.measures import size

_ENDINGS = ", ".join((*(form.endings[0] for form in FORMS), ONNX_ENDING))


@click.command("restore")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help=f"The plain file: {_ENDINGS}.")
@click.option("--to", "form", type=click.Choice(NAMES), help="The form, where the ending does not say it.")
@click.option("--task", type=PATH, help="The Python file that builds the model, to make a graph of weights.")
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Write the plain weights of FILE, which `deadweight model squeeze` or `quantize` wrote.

    Names, shapes and dtypes are as they were. What was squeezed from a graph of ONNX becomes that graph again; other
    weights become one with a --task whose example(inputs) says what the model is called with.

    \b
    Examples:
      deadweight model restore small.safetensors -o plain.safetensors
      deadweight model restore small.safetensors -o plain.pt
      deadweight model restore small.safetensors -o plain.onnx
      deadweight model restore small.safetensors -o plain.onnx --task task.py
    """
    check_numpy("restoring a squeezed model")
    from deadweight.judging.task import program_of
    from deadweight.pipeline.models.restoring import Wish, restore

    form = form_of(out, given["form"] or "")
    program = program_of(given["task"]) if given["task"] else None
    done = restore(file, out, Wish(form, program), terminal_progress(quiet))
    if as_json:
        click.echo(text(as_plain(done)), nl=False)
    elif not quiet:
        click.echo(f"{out}  {size(done.after)}, from {size(done.before)}")
    return 0
