"""`deadweight deps cost`: what each requirement, extra and group costs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.looking import ENVIRONMENT, LOOKED_AT
from deadweight.cli.talk import TALK
from deadweight.dependencies.cost import costs
from deadweight.pipeline.dependencies.asked_graph import Opened, open_graph
from deadweight.pipeline.dependencies.lightening import lighter
from deadweight.reports.dependencies.cost import absent_lines, cost_text, lighter_lines
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint


def _looked_up(opened: Opened) -> Opened:
    """With the bytes to download; the resolver is loaded only here."""
    from deadweight.pipeline.dependencies.downloads import with_looked_up_downloads
    from deadweight.requirements.uv import find_uv

    return with_looked_up_downloads(opened, find_uv())


@click.command("cost")
@LOOKED_AT
@click.option("--download", is_flag=True, help="Look the bytes to download up in the index, through uv.")
@ENVIRONMENT
@TALK
def COMMAND(target: Path, environment: Path | None, download: bool, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """What each requirement of TARGET costs: itself, with all that it leads to, and what only it brings.

    TARGET is a project (the folder that states requirements; this one where left out), a virtual environment, a folder
    of pip install --target, or a lock. What only it brings is what dropping it frees. What several bring goes when all
    of them do; it stands on a line of its own, so that the figures add up to the whole.

    Bytes to download are those that a lock states; with --download those that the index states for these versions.
    For a project the lighter equivalents of what it asks for are told, with what in its own files speaks against each.
    Nothing is installed or run.

    \b
    Examples:
      deadweight deps cost
      deadweight deps cost .venv --download
      deadweight deps cost uv.lock --json | jq '.requirements[0]'
    """
    opened = open_graph(target, environment)
    if download:
        opened = _looked_up(opened)
    graph = opened.graph
    found, proposed = costs(graph, opened.location), lighter(opened, graph)
    if as_json:
        click.echo(
            text({**as_plain(found), "absent": dict(opened.absent), "lighter": [as_plain(one) for one in proposed]}),
            nl=False,
        )
    elif not quiet:
        paint = Paint(in_colour(sys.stdout))
        click.echo(cost_text(found, paint, opened.described), nl=False)
        for line in (*absent_lines(opened.absent, paint), *lighter_lines(proposed, paint)):
            click.echo(line)
    return 0
