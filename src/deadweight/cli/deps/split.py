"""`deadweight deps split`: one list for what runs, others for what does not, each locked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.locking import FOR, FORM, form, wish
from deadweight.cli.deps.looking import SPELLED_OUT
from deadweight.cli.options import PATH, TALK, Manners, settings
from deadweight.cli.proving import PROVE, exercise
from deadweight.core.errors import ProofFailed
from deadweight.pipeline.dependencies.split_order import SplitOrder
from deadweight.pipeline.dependencies.split_project import split_project
from deadweight.pipeline.exercise import Exercise
from deadweight.reports.dependencies.splitting import split_report
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint


@click.command("split")
@click.argument("folder", metavar="[PROJECT]", type=PATH, default=Path())
@click.option("-o", "--output", "out", type=PATH, required=True, help="The folder to make; nothing may be there.")
@SPELLED_OUT
@click.option("--groups", is_flag=True, help="A pyproject.toml with dependency groups (PEP 735) instead of lists.")
@click.option("--prove", is_flag=True, help="Import the project's modules with the core list alone, and compare.")
@click.option("--unsafe", is_flag=True, help="Leave out what may be unused, too; a proof puts back what is missing.")
@FORM
@FOR
@PROVE
@TALK
def COMMAND(folder: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Split what PROJECT asks for by what it is used for, and lock each list by itself.

    requirements-core.txt has what run time uses, also what was not declared, with the place that uses it; what is
    surely unused is in no list, and the report says why. Tests, documentation, typing and development have lists of
    their own. Versions stay those that are installed or locked, unless they do not fit. PROJECT itself is not changed.

    With --prove, --run, --probe or --check a fresh environment is made of the core list, PROJECT's modules are
    imported and it is run and asked in a sandbox as in `deadweight slim`, there and with all that it has now. What is
    missing there is put back into the list, and the proof done again. Where that does not show the same
    nothing is written (exit status 3).

    \b
    Examples:
      deadweight deps split -o lists
      deadweight deps split service -o lists --python 3.11 --platform x86_64-manylinux_2_28
      deadweight deps split -o lists --groups --form pylock
      deadweight deps split -o lists --run 'uvicorn app:app --port 8000' --probe 'GET /health'
    """
    order = SplitOrder(out, wish(given), form(given["form"]), given["groups"], given["unsafe"])
    asked = exercise(settings(folder, Manners(as_json, quiet), {}), given)
    if asked is None and given["prove"]:
        asked = Exercise(sandbox=not given["no_sandbox"])
    outcome = split_project(folder, given["installed"], order, asked)
    if as_json:
        click.echo(text(as_plain(outcome)), nl=False)
    elif not quiet:
        click.echo(split_report(outcome, Paint(in_colour(sys.stdout))), nl=False)
    return 0 if outcome.written else ProofFailed.exit_code
