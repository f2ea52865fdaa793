"""`deadweight weigh`: what is in it, who owns which bytes, what could go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.entering import ENTER, entering
from deadweight.cli.exits import FINE, OVER_BUDGET
from deadweight.cli.options import CHOOSE, LOOK, TALK, TARGET, Manners, settings
from deadweight.cli.telling import over_budget, tell
from deadweight.pipeline import weighing


@click.command("weigh")
@TARGET
@ENTER
@LOOK
@CHOOSE
@TALK
def COMMAND(target: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's own
    """What is in TARGET, who owns which bytes, and what could go, with the evidence.

    TARGET is a directory, a virtual environment, a project, a wheel, an sdist, a zip, a tar, a docker archive or an
    OCI layout; it is recognised by its content and never changed.

    With --level balanced or tight it also says what nothing reaches from the ways in: --run, or the image's command.

    \b
    Examples:
      deadweight weigh .venv
      deadweight weigh image.tar --platform linux/arm64
      deadweight weigh app --level tight --run 'bin/uvicorn app:app'
      deadweight weigh dist/package-1.0-py3-none-any.whl --json | jq '.findings[].says'
    """
    manners = Manners(as_json, quiet)
    asked = settings(target, manners, given)
    report = weighing.weigh(asked.target, asked.choice, exercise=entering(asked, given))
    over = over_budget(asked.configuration.budget, report.before, report.plan)
    tell(replace(report, over_budget=over), manners)
    return OVER_BUDGET if over else FINE
