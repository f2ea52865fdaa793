"""`deadweight zoo get`: the files of a version, byte for byte."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.progress import terminal_progress
from deadweight.cli.talk import PATH, TALK
from deadweight.cli.zoo.place import ZOO, wanted
from deadweight.core.zoo import Reference
from deadweight.reports.zoo import getting
from deadweight.zoo.getting import get


@click.command("get")
@click.argument("name", callback=wanted, metavar="NAME[:VERSION]")
@click.option("--output", "-o", "out", type=PATH, required=True, help="The file; a folder for a version of several.")
@ZOO
@TALK
def COMMAND(name: Reference, out: Path, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Write the files of a version, or of the latest of NAME, as they were added, and verify that they are.

    Every tensor is held against its digest as it is read, and every file against its own at the end. Where one is
    not what it was nothing is written.

    \b
    Examples:
      deadweight zoo get minilm -o model.safetensors
      deadweight zoo get silero:6.2 -o models/silero
    """
    answer(get(zoo, name, out, terminal_progress(quiet)), getting.text, as_json, quiet)
    return 0
