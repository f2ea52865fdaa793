"""`deadweight plan`: what would change, to review; nothing is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import CHOOSE, LOOK, PATH, TALK, TARGET, Manners, settings
from deadweight.cli.telling import Watch, tell, version
from deadweight.core.errors import UsageError
from deadweight.core.plan import PLAN_SCHEMA, Plan
from deadweight.core.report import Report
from deadweight.facts.composition import COMPOSITION
from deadweight.formats.output import whole_file
from deadweight.formats.recognition import format_named
from deadweight.pipeline.finding import find
from deadweight.pipeline.opening import open_scene
from deadweight.pipeline.planning import make_plan
from deadweight.reports.json import as_plain, text


@click.command("plan")
@TARGET
@click.option("-o", "--output", "out", type=PATH, help="The plan file to write; standard output where left out.")
@click.option("--to", "to_format", help="The format that the result will have, where it is another.")
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
      deadweight plan app --ignore logs --keep 'models/**' | jq '.edits[] | .rule'
    """
    manners = Manners(as_json, quiet)
    asked = settings(target, manners, given)
    watch = Watch()
    with watch.stage("open and attribute"):
        scene = open_scene(target, asked.sight)
    with watch.stage("find and plan"):
        findings = find(scene, asked.rules)
        stores = format_named(to_format or scene.artifact.format).stores
        plan = make_plan(scene, findings, asked.choice, stores)
    if out is None:
        click.echo(text(as_plain(plan)), nl=False)
        return 0
    with whole_file(out) as stream:
        stream.write(text(as_plain(plan)).encode())
    report = Report(version(), scene.ask(COMPOSITION), findings, plan, gaps=scene.gaps, stages=tuple(watch.stages))
    tell(report, manners)
    return 0


def read_plan(path: Path) -> Plan:
    """The plan of a file that `deadweight plan` wrote; raises UsageError for anything else."""
    import msgspec

    try:
        return msgspec.convert(json.loads(path.read_bytes()), Plan)
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, msgspec.ValidationError) as fault:
        raise UsageError(
            f"is no plan of schema {PLAN_SCHEMA}: {fault}", where=str(path), advice="Make one: deadweight plan TARGET"
        ) from fault
