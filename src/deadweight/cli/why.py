"""`deadweight why`: why a path or an owner is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.entering import ENTER, entering
from deadweight.cli.options import CHOOSE, LOOK, TALK, TARGET, Manners, settings
from deadweight.pipeline.explaining import explained
from deadweight.reports.explaining import why_text
from deadweight.reports.json import as_plain, finding_document, text
from deadweight.reports.paint import Paint


@click.command("why")
@TARGET
@click.argument("subject", metavar="PATH|OWNER")
@ENTER
@LOOK
@CHOOSE
@TALK
def COMMAND(target: Path, subject: str, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Why PATH, or what OWNER has, is in TARGET.

    Who owns it and where that is recorded, the layer and the instruction that brought it, who requires it, which
    files have the same bytes, and which findings would cut it. With --run, or for an image that starts something, also
    the chain from the way in to it, or that nothing reaches it.

    \b
    Examples:
      deadweight why .venv babel
      deadweight why image.tar usr/lib/gcc
      deadweight why app numpy --run 'bin/uvicorn app:app'
      deadweight why app .venv/lib/python3.11/site-packages/numpy/_core/tests --json
    """
    asked = settings(target, Manners(as_json, quiet), given)
    why = explained(asked.target, subject, asked.choice, entering(asked, given))
    if as_json:
        plain = {"reach": as_plain(why.reach), "findings": [finding_document(one) for one in why.findings]}
        click.echo(text({**as_plain(why.said), **plain}), nl=False)
    elif not quiet:
        click.echo(why_text(why.said, why.reach, why.findings, Paint(in_colour(sys.stdout))))
    return 0
