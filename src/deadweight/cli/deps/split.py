"""`deadweight deps split`: one list for what runs, others for what does not, each locked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.locking import FOR, FORM, wish
from deadweight.cli.options import PATH, TALK
from deadweight.pipeline.dependencies.judging import judged
from deadweight.pipeline.dependencies.locking import Form
from deadweight.pipeline.dependencies.splitting import SplitOrder, split_lists, write_lists
from deadweight.reports.dependencies.splitting import split_report
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint
from deadweight.requirements.uv import find_uv


@click.command("split")
@click.argument("folder", metavar="[PROJECT]", type=PATH, default=Path())
@click.option("-o", "--output", "out", type=PATH, required=True, help="The folder to make; nothing may be there.")
@click.option("--environment", "-e", type=PATH, help="The environment that it runs in; the one in PROJECT else.")
@click.option("--groups", is_flag=True, help="A pyproject.toml with dependency groups (PEP 735) instead of lists.")
@FORM
@FOR
@TALK
def COMMAND(folder: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Split what PROJECT asks for by what it is used for, and lock each list by itself.

    requirements-core.txt has what run time uses, also what was not declared, with the place that uses it; what is
    surely unused is in no list, and the report says why. Tests, documentation, typing and development have lists of
    their own. Versions stay those that are installed or locked, unless they do not fit. PROJECT itself is not changed.

    \b
    Examples:
      deadweight deps split -o lists
      deadweight deps split service -o lists --python 3.11 --platform x86_64-manylinux_2_28
      deadweight deps split -o lists --groups --form pylock
    """
    order = SplitOrder(out, wish(given), Form(given["form"]), given["groups"])
    project = judged(folder, given["environment"])
    outcome = write_lists(project, order, split_lists(find_uv(), project, order))
    if as_json:
        click.echo(text(as_plain(outcome)), nl=False)
    elif not quiet:
        click.echo(split_report(outcome, Paint(in_colour(sys.stdout))), nl=False)
    return 0
