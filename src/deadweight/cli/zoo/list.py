"""`deadweight zoo list`: the versions, what they take and what they share."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO
from deadweight.reports.zoo import listing as report
from deadweight.zoo.listing import listing


@click.command("list")
@click.argument("name", default="")
@ZOO
@TALK
def COMMAND(name: str, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """The versions, or those of NAME: bytes of their files, what they need in the store, what no other needs.

    \b
    Examples:
      deadweight zoo list
      deadweight zoo list minilm --json | jq '.versions[].own'
    """
    answer(listing(zoo, name), report.text, as_json, quiet)
    return 0
