"""`deadweight model restore`: the plain model that a squeezed one stands for."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.options import PATH, TALK
from deadweight.core.errors import Lacking
from deadweight.reports.json import text
from deadweight.reports.measures import size


@click.command("restore")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=PATH, required=True, help="The plain safetensors file.")
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Write the plain weights of FILE, which `deadweight model squeeze` wrote: names, shapes and dtypes as they were.

    \b
    Examples:
      deadweight model restore small.safetensors -o plain.safetensors
    """
    try:
        from deadweight.pipeline.squeezing import restore
    except ImportError as fault:
        raise Lacking("restoring a squeezed model needs numpy", advice="pip install 'deadweight[models]'") from fault
    before, after = file.stat().st_size, restore(file, out)
    if as_json:
        click.echo(text({"file": str(out), "before": before, "after": after}), nl=False)
    elif not quiet:
        click.echo(f"{out}  {size(after)}, from {size(before)}")
    return 0
