"""`deadweight zoo gc`: remove the blobs that no version needs."""

from __future__ import annotations

import time
from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.talk import TALK
from deadweight.cli.zoo.place import ZOO
from deadweight.reports.zoo import cleaning
from deadweight.zoo.cleaning import GRACE, Trial, clean


@click.command("gc")
@click.option("--grace", type=click.FloatRange(0), default=GRACE, show_default=True, help="Seconds a blob stays.")
@click.option("--dry-run", "is_trial", is_flag=True, help="Only say what would go.")
@ZOO
@TALK
def COMMAND(grace: float, is_trial: bool, zoo: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """Remove the blobs that no version needs, and what killed runs left. It waits for those who read or write.

    Blobs younger than the grace stay: a program that knows nothing of our locks, as skopeo, may be about to name them.

    \b
    Examples:
      deadweight zoo gc --dry-run
      deadweight zoo gc --grace 0
    """
    answer(clean(zoo, Trial(time.time(), grace, is_trial)), cleaning.text, as_json, quiet)
    return 0
