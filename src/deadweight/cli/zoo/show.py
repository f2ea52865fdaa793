"""`deadweight zoo show`: one version, its tensors, and who shares them."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO, wanted
from deadweight.core.zoo import Reference
from deadweight.reports.zoo import showing
from deadweight.zoo.showing import show


@click.command("show")
@click.argument("name", callback=wanted, metavar="NAME[:VERSION]")
@ZOO
@TALK
def COMMAND(name: Reference, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """One version, or the latest of NAME: lineage, files, tensors by bytes with the versions that share them.

    \b
    Examples:
      deadweight zoo show minilm
      deadweight zoo show minilm:tuned --json | jq '.tensors[] | select(.shared == [])'
    """
    answer(show(zoo, name), showing.text, as_json, quiet)
    return 0
