"""`deadweight plan`: what would change, to review; nothing is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.entering import ENTER, entering
from deadweight.cli.options import CHOOSE, LOOK, NEW_PATH, TALK, TARGET, Manners, settings
from deadweight.cli.telling import tell
from deadweight.core.level import Level
from deadweight.formats.output import refuse_inside
from deadweight.pipeline import weighing
from deadweight.pipeline.plan_file import plan_text, write_plan


@click.command("plan")
@TARGET
@click.option("-o", "--output", "out", type=NEW_PATH, help="The plan file to write; standard output where left out.")
@click.option("--to", "to_format", metavar="FORMAT", help="The format that the result will have, where it is another.")
@ENTER
@LOOK
@CHOOSE
@TALK
def COMMAND(  # noqa: N802
    target: Path,
    out: Path | None,
    to_format: str | None,
    as_json: bool,
    quiet: bool,
    **given: Any,  # noqa: ANN401
) -> int:
    """Write what would change in TARGET as a plan to review; nothing is touched.

    The plan is JSON (docs/plan.schema.json), bound to the digest of TARGET: `deadweight slim TARGET --plan` makes
    exactly its edits, and refuses it for anything else.

    \b
    Examples:
      deadweight plan image.tar -o plan.json
      deadweight plan app --run 'bin/uvicorn app:app' --level tight -o plan.json
      deadweight plan app --ignore logs --keep 'models/**' | jq '.edits[] | .rule'
    """
    manners = Manners(as_json, quiet)
    if out is not None:
        refuse_inside(out, target)
    asked = settings(target, manners, given, Level.BALANCED)
    report = weighing.weigh(asked.target, asked.choice, to_format or "", entering(asked, given))
    assert report.plan is not None, "weighing plans"
    if out is None:
        click.echo(plan_text(report.plan), nl=False)
        return 0
    write_plan(report.plan, out)
    tell(report, manners)
    return 0
