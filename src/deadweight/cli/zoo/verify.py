"""`deadweight zoo verify`: read every byte and hold it against its digest."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.progress import terminal_progress
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO
from deadweight.core.errors import Corrupt
from deadweight.reports.zoo import checking
from deadweight.zoo.checking import verify


@click.command("verify")
@click.option("--files", is_flag=True, help="Put every file together too, and hold it against its sha256.")
@ZOO
@TALK
def COMMAND(files: bool, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Read every blob, decode every part, look at every version; what is wrong is told with whom it hits.

    The exit status is 4 where anything is.

    \b
    Examples:
      deadweight zoo verify
      deadweight zoo verify --files
    """
    done = verify(zoo, terminal_progress(quiet), files)
    answer(done, checking.text, as_json, quiet)
    return Corrupt.exit_code if done.problems else 0
