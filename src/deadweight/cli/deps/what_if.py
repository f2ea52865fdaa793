"""`deadweight deps what-if`: what a change of requirements comes to, before anything is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.looking import ENVIRONMENT, LOOKED_AT
from deadweight.cli.talk import TALK
from deadweight.core.errors import UsageError
from deadweight.pipeline.dependencies.asked_graph import open_graph
from deadweight.pipeline.dependencies.supposing import Question, suppose
from deadweight.reports.dependencies.what_if import what_if_text
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint


def _words(given: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are separated by commas, those inside of brackets apart."""
    import re

    return tuple(word.strip() for one in given for word in re.split(r",(?![^\[]*\])", one) if word.strip())


@click.command("what-if")
@LOOKED_AT
@click.option("--drop", "drops", multiple=True, metavar="NAME,…", help="Without these requirements, or NAME[EXTRA].")
@click.option("--drop-group", "groups", multiple=True, metavar="GROUP,…", help="Without these extras or groups.")
@click.option("--swap", "swaps", multiple=True, metavar="NAME=LIGHTER", help="With another one: torch=cpu, a=b.")
@click.option("--add", "--add-extra", "adds", multiple=True, metavar="REQUIREMENT", help="With this one too; asks uv.")
@ENVIRONMENT
@TALK
def COMMAND(  # noqa: N802
    target: Path, environment: Path | None, as_json: bool, quiet: bool, **given: tuple[str, ...]
) -> int:
    """What dropping, swapping or adding requirements of TARGET comes to, before anything is installed.

    TARGET is a project (this folder where left out), a virtual environment, or a lock. Several that are dropped
    together can free more than one by one. What still is asked for stays, and the chain of who asks is told.

    Drops, and swaps that are known (torch=cpu, opencv-python=headless, mlflow=mlflow-skinny and others), need no
    network; what is added, or swapped for anything else, is resolved by uv. The last lines say which it was.

    \b
    Examples:
      deadweight deps what-if --drop jupyter,sphinx
      deadweight deps what-if .venv --swap torch=cpu
      deadweight deps what-if --add-extra 'fastapi[standard]' --drop-group dev
    """
    question = Question(*(_words(given[name]) for name in ("drops", "groups", "swaps", "adds")))
    if question.is_empty:
        raise UsageError("nothing is to change", advice="Say what: --drop, --drop-group, --swap or --add")
    found = suppose(open_graph(target, environment), question)
    if as_json:
        click.echo(text({**as_plain(found), "freed": as_plain(found.freed), "added": as_plain(found.added)}), nl=False)
    elif not quiet:
        click.echo(what_if_text(found, Paint(in_colour(sys.stdout))), nl=False)
    return 0
