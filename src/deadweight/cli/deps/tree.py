"""`deadweight deps tree`: who requires what, with sizes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.looking import ENVIRONMENT, LOOKED_AT
from deadweight.cli.talk import TALK
from deadweight.dependencies.conflicts import conflicts
from deadweight.dependencies.tree import Asked, tree
from deadweight.pipeline.dependencies.asked_graph import open_graph
from deadweight.reports.dependencies.tree import tree_text
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint


@click.command("tree")
@LOOKED_AT
@click.option("--why", metavar="NAME", default="", help="Only the ways that lead to NAME or NAME[EXTRA].")
@click.option("--invert", is_flag=True, help="Who requires it, below each; with --why below that name.")
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Unfold only so deep; 0 is the top alone.")
@ENVIRONMENT
@TALK
def COMMAND(  # noqa: N802
    target: Path, environment: Path | None, as_json: bool, quiet: bool, why: str, invert: bool, depth: int | None
) -> int:
    """Who requires what in TARGET, with sizes, down to the last distribution.

    TARGET is a project (this folder where left out), a virtual environment, a folder of pip install --target, or a
    lock. Each distribution is unfolded once, cycles are marked, and what is missing or of another version than is
    wanted is told below with the chain of who asks.

    Exit status 1 where a demand is not met.

    \b
    Examples:
      deadweight deps tree
      deadweight deps tree .venv --depth 1
      deadweight deps tree --why numpy
      deadweight deps tree .venv --invert --why typing-extensions
    """
    graph = open_graph(target, environment).graph
    rows, found = tree(graph, Asked(why, invert, depth)), conflicts(graph)
    if as_json:
        plain = {
            "rows": [as_plain(row) for row in rows],
            "conflicts": [{**as_plain(one), "says": one.says} for one in found],
            "gaps": [as_plain(gap) for gap in graph.gaps],
        }
        click.echo(text(plain), nl=False)
    elif not quiet:
        click.echo(tree_text(rows, found, graph.gaps, Paint(in_colour(sys.stdout))), nl=False)
    return int(bool(found))
