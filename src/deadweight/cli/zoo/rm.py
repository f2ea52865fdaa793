"""`deadweight zoo rm`: forget a version."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO, wanted
from deadweight.core.zoo import Reference
from deadweight.reports.zoo import forgetting
from deadweight.zoo.naming import forget


@click.command("rm")
@click.argument("name", callback=wanted, metavar="NAME:VERSION")
@ZOO
@TALK
def COMMAND(name: Reference, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Take a version out of the index. Its bytes stay until `deadweight zoo gc`; what others share stays anyway.

    \b
    Examples:
      deadweight zoo rm minilm:tuned
    """
    answer(forget(zoo, name), forgetting.text, as_json, quiet)
    return 0
