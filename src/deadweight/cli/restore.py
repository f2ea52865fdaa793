"""`deadweight restore`: put back what was cut."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.options import PATH, TALK
from deadweight.core.plural import plural
from deadweight.pipeline import restoring
from deadweight.reports.json import as_plain, text
from deadweight.reports.measures import size


@click.command("restore")
@click.argument("out", type=PATH)
@click.argument("wanted", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "companion", type=PATH, help="The companion archive, where it lies elsewhere.")
@TALK
def COMMAND(out: Path, wanted: tuple[str, ...], companion: Path | None, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Put back into OUT what `deadweight slim` cut from it, out of the companion archive beside it.

    PATH is a path, a glob, distribution:NAME, rule:NAME, or '**' for everything. OUT takes its new form in one step.

    \b
    Examples:
      deadweight restore app-slim '.venv/lib/python3.11/site-packages/numpy/tests/'
      deadweight restore slim.tar distribution:pytest
      deadweight restore app-slim rule:bytecode
    """
    done = restoring.restore(out, wanted, companion)
    if as_json:
        click.echo(text(as_plain(done)), nl=False)
    elif not quiet:
        click.echo(f"{plural(len(done.paths), 'path')} put back, {size(done.size)}")
    return 0
