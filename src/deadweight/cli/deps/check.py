"""`deadweight deps check`: what a project asks for held against what it uses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.looking import ENVIRONMENT
from deadweight.cli.options import PATH, TALK
from deadweight.core.verdict import Fault
from deadweight.pipeline.dependencies.checking import Choice, check_project
from deadweight.reports.dependencies.checking import check_report
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint

_FAULTS = ", ".join(Fault)


@click.command("check")
@click.argument("project", type=PATH, default=".")
@ENVIRONMENT
@click.option("--select", multiple=True, metavar="FAULT|NAME", help=f"Only these: {_FAULTS}, or a distribution.")
@click.option(
    "--ignore", multiple=True, metavar="FAULT|NAME", help="Not these; also `ignore` in [tool.deadweight.deps]."
)
@click.option("--against", type=PATH, metavar="LOCK", help="An older lock: tell of CUDA that came since.")
@click.option("--index", is_flag=True, help="Ask the index for versions that were yanked or are gone, through uv.")
@TALK
def COMMAND(project: Path, environment: Path | None, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: ANN401, N802  # as click hands them over
    """What PROJECT uses and does not ask for, and what it asks for and does not use.

    Imports of every kind are read, and what else uses a distribution: commands in files of deployment, plugins,
    strings in configuration, drivers in URLs, engines by argument, what frameworks need, classes in pickles. Nothing is
    run. A module is mapped to its distribution by what is installed, else by a table, else by its name. What may be
    used after all is told apart as not sure. Alarms are raised where one thing is there twice, and where a tool of
    development is asked for in production.

    Exit status 1 where anything is surely wrong.

    \b
    Examples:
      deadweight deps check
      deadweight deps check service --env service/.venv --json
      deadweight deps check --select unused --ignore black
      deadweight deps check --against old/uv.lock --select alarming
      deadweight deps check --index --select alarming
    """
    checked = check_project(project, environment, Choice(**given))
    if as_json:
        plain = {
            "project": str(project),
            "environment": checked.project.environment.location if checked.project.environment else None,
            "verdicts": [as_plain(one) for one in checked.verdicts],
            "gaps": [as_plain(one) for one in checked.project.gaps],
        }
        click.echo(text(plain), nl=False)
    elif not quiet:
        click.echo(check_report(checked.project, checked.verdicts, Paint(in_colour(sys.stdout))), nl=False)
    return int(any(one.is_sure for one in checked.verdicts))
