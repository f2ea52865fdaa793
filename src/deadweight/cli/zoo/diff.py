"""`deadweight zoo diff`: what two versions differ in, and by how much."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.progress import terminal_progress
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO, wanted
from deadweight.core.zoo import Reference
from deadweight.reports.zoo import comparing
from deadweight.zoo.comparing import compare


@click.command("diff")
@click.argument("before", callback=wanted, metavar="A[:VERSION]")
@click.argument("after", callback=wanted, metavar="B[:VERSION]")
@ZOO
@TALK
def COMMAND(before: Reference, after: Reference, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """What version B has, lacks and holds otherwise than A: tensors, their bytes, how far their elements moved.

    How far is the largest absolute change, and the change as a whole relative to the tensor (root mean squares).

    \b
    Examples:
      deadweight zoo diff minilm:1 minilm:tuned
      deadweight zoo diff minilm:1 minilm --json | jq '.changed[].magnitude'
    """
    answer(compare(zoo, before, after, terminal_progress(quiet)), comparing.text, as_json, quiet)
    return 0
