"""`deadweight verify`: run two artifacts side by side and compare."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import LOOK, PATH, TALK, Manners, settings
from deadweight.cli.proving import PROVE, proving
from deadweight.cli.telling import Watch, tell, version
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.proof import Verdict
from deadweight.core.report import Report
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.opening import open_scene
from deadweight.pipeline.proving import baseline, compare, spelled_out, stand_for
from deadweight.pipeline.slimming import reason


@click.command("verify")
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@PROVE
@LOOK
@TALK
def COMMAND(before: Path, after: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Run BEFORE and AFTER in a sandbox, ask both the same, and compare what they answer.

    BEFORE is run twice: a probe that differs from itself is unstable and proves nothing. Probes are written as for
    `deadweight slim`. Exit status 3 where anything differs or nothing could be proven.

    \b
    Examples:
      deadweight verify app app-slim --run 'bin/uvicorn service:app --port 8000' --probe 'GET /health'
      deadweight verify image.tar slim.tar --probe imports --probe 'GET /openapi.json'
    """
    manners = Manners(as_json, quiet)
    asked = settings(before, manners, given)
    watch = Watch()
    with watch.stage("open and attribute"):
        original, result = open_scene(before, asked.sight), open_scene(after, asked.sight)
    wish = proving(asked, original.artifact, given)
    if wish is None:
        raise UsageError("there is nothing to run", advice="Give --run and --probe, or --probe imports.")
    with watch.stage("prove"), tempfile.TemporaryDirectory(prefix="deadweight-verify-") as room:
        stand = stand_for(original.artifact, Path(room) / "before")
        known = baseline(stand, wish, spelled_out(wish.probes, result))
        proof = compare(known, stand_for(result.artifact, Path(room) / "after", Path(stand.place)), wish)
    report = Report(
        version(), original.ask(COMPOSITION), after=result.ask(COMPOSITION), proof=proof, stages=tuple(watch.stages)
    )
    tell(report, manners)
    if proof.verdict is not Verdict.SAME:
        raise ProofFailed(f"the verdict is {proof.verdict}: {reason(proof)}")
    return 0
