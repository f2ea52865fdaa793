"""`deadweight deps fix`: edit a project's own files by what was found."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.looking import ENVIRONMENT
from deadweight.cli.options import PATH, TALK
from deadweight.core.errors import UsageError
from deadweight.core.plural import plural
from deadweight.pipeline.dependencies.checking import Choice
from deadweight.pipeline.dependencies.chosen import chosen
from deadweight.pipeline.dependencies.fixing import Fixed, apply, fixed
from deadweight.reports.dependencies.fixing import difference_text, fixes_text
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint
from deadweight.requirements.environment import find_environment


@click.command("fix")
@click.argument("folder", metavar="[PROJECT]", type=PATH, default=Path())
@ENVIRONMENT
@click.option("--select", multiple=True, metavar="FAULT|NAME", help="Act on these only: unused, undeclared, numpy, …")
@click.option("--ignore", multiple=True, metavar="FAULT|NAME", help="Not on these.")
@click.option("--unsafe", is_flag=True, help="Act on what is not sure, too.")
@click.option("--yes", "-y", "--apply", "yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show the diff only.")
@TALK
def COMMAND(folder: Path, environment: Path | None, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Edit the files in which PROJECT states its requirements: what is unused goes, what is undeclared comes.

    What is misplaced moves to the list that it belongs in. The diff is shown first; nothing is written before you say
    so. Comments and order stay, each file is checked to read back as meant, and all are written or none. Edited are
    requirements files, pyproject.toml (also poetry's), setup.cfg and Pipfile; setup.py is code, and never edited.

    \b
    Examples:
      deadweight deps fix
      deadweight deps fix service --env /opt/venv --dry-run
      deadweight deps fix --yes
    """
    choice = Choice(given["select"], given["ignore"])
    judged = chosen(folder, environment, choice)
    place = environment or find_environment(folder)
    what = fixed(judged, lambda room: chosen(room, place, choice), unsafe=given["unsafe"])
    if as_json:
        click.echo(text({**as_plain(what.fixes), "diff": what.difference()}), nl=False)
    elif not quiet:
        paint = Paint(in_colour(sys.stdout))
        click.echo(difference_text(what.difference(), paint) + fixes_text(what.fixes, paint), nl=False)
    if what.after and not given["dry_run"] and _agreed(what, yes=given["yes"], silent=as_json or quiet):
        apply(folder, what)
        if not (as_json or quiet):
            click.echo(f"written: {', '.join(what.after)}")
    return 0


def _agreed(what: Fixed, *, yes: bool, silent: bool) -> bool:
    """Whether to write: by the option, or asked of a person who can answer."""
    if yes:
        return True
    if silent or not sys.stdin.isatty():
        raise UsageError(
            f"nothing was written: {plural(len(what.after), 'file')} would change",
            advice="Look at the diff, then say --yes; or --dry-run to only look.",
        )
    return click.confirm("Write this?")
