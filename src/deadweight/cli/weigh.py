"""`deadweight weigh`: what is in it, who owns which bytes, what could go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.exits import FINE, OVER_BUDGET
from deadweight.cli.options import CHOOSE, LOOK, TALK, TARGET, Manners, settings
from deadweight.cli.telling import Watch, over_budget, tell, version
from deadweight.core.report import Report
from deadweight.facts.composition import COMPOSITION
from deadweight.formats.recognition import format_named
from deadweight.pipeline.finding import find
from deadweight.pipeline.opening import open_scene
from deadweight.pipeline.planning import make_plan


@click.command("weigh")
@TARGET
@LOOK
@CHOOSE
@TALK
def COMMAND(target: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's own
    """What is in TARGET, who owns which bytes, and what could go, with the evidence.

    TARGET is a directory, a virtual environment, a project, a wheel, an sdist, a zip, a tar, a docker archive or an
    OCI layout; it is recognised by its content and never changed.

    \b
    Examples:
      deadweight weigh .venv
      deadweight weigh image.tar --platform linux/arm64
      deadweight weigh dist/package-1.0-py3-none-any.whl --json | jq '.findings[].says'
    """
    manners = Manners(as_json, quiet)
    asked = settings(target, manners, given)
    watch = Watch()
    with watch.stage("open and attribute"):
        scene = open_scene(target, asked.sight)
    with watch.stage("find"):
        findings = find(scene, asked.rules)
    with watch.stage("plan"):
        plan = make_plan(scene, findings, asked.choice, format_named(scene.artifact.format).stores)
    whole = scene.ask(COMPOSITION)
    over = over_budget(asked.configuration.budget, whole, plan)
    report = Report(version(), whole, findings, plan, gaps=scene.gaps, stages=tuple(watch.stages), over_budget=over)
    tell(report, manners)
    return OVER_BUDGET if over else FINE
