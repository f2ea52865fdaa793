"""`deadweight verify`: run two artifacts side by side and compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import LOOK, PATH, TALK, Manners, settings
from deadweight.cli.proving import PROVE, exercise
from deadweight.cli.telling import tell
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.proof import NO_PROOF, Verdict
from deadweight.pipeline import verifying
from deadweight.pipeline.making.mending import reason
from deadweight.pipeline.target import Target


@click.command("verify")
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@PROVE
@LOOK
@TALK
def COMMAND(before: Path, after: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Run BEFORE and AFTER in a sandbox, ask both the same, and compare what they answer.

    BEFORE is run twice: a probe that differs from itself is unstable and proves nothing. Probes and checks are written
    as for `deadweight slim`; without a --check deadweight asks what it can by itself. Exit
    status 3 where anything differs or nothing could be proven.

    \b
    Examples:
      deadweight verify app app-slim --run 'bin/uvicorn service:app --port 8000' --probe 'GET /health'
      deadweight verify image.tar slim.tar --probe imports --probe 'GET /openapi.json'
    """
    manners = Manners(as_json, quiet)
    asked = settings(before, manners, given)
    wish = exercise(asked, given)
    if wish is None:
        raise UsageError("there is nothing to run", advice="Give --run and --probe, or --probe imports.")
    report = verifying.verify(asked.target, Target(after, asked.target.sight), wish)
    proof = report.proof or NO_PROOF
    tell(report, manners)
    if proof.verdict is not Verdict.SAME:
        raise ProofFailed(f"the verdict is {proof.verdict}: {reason(proof)}")
    return 0
