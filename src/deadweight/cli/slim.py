"""`deadweight slim`: cut what is safe on a copy, prove it, pack it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.entering import ENTRIES, given_traces
from deadweight.cli.exits import FINE, OVER_BUDGET
from deadweight.cli.options import CHOOSE, LOOK, PATH, TALK, TARGET, Manners, settings
from deadweight.cli.packing import PACK, output_of
from deadweight.cli.proving import PROVE, exercise
from deadweight.cli.telling import over_budget, tell
from deadweight.core.level import Level
from deadweight.pipeline import slimming
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.plan_file import read_plan


@click.command("slim")
@TARGET
@click.option("-o", "--output", "out", type=PATH, required=True, help="Where the result goes; nothing may be there.")
@click.option("--plan", "plan_file", type=PATH, help="Make exactly the edits of this plan.")
@PACK
@click.option("--no-trace", is_flag=True, help="Do not watch a run before planning.")
@click.option("--no-companion", is_flag=True, help="Do not keep what was cut beside the result.")
@ENTRIES
@PROVE
@LOOK
@CHOOSE
@TALK
def COMMAND(target: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Cut what is safe from a copy of TARGET, prove that it still works, and pack it as OUT.

    Safe edits are always made. Proven ones (whole development tools, say) are made only with a proof: the program
    of --run is started on the original and on the result, in a sandbox, and every --probe must come out the same.
    An edit that breaks a probe is found by bisection, taken out, and the rest proven again. What was cut lies in
    OUT.removed.tar.zst. TARGET itself is never changed.

    \b
    A probe is
      'GET /health'                        a request, its answer compared
      'POST /embed {"texts": ["hello"]}'   with a body
      'GET /nothing -> 404'                with the status to expect
      'command: bin/tool --version'        a command, its exit and output compared
      imports                              every module of every kept distribution is imported
      @probes.json                         a JSON list of them, with tolerance and ignore lists

    \b
    Examples:
      deadweight slim .venv -o .venv-slim --probe imports
      deadweight slim image.tar -o slim.tar --probe 'GET /health' --probe 'POST /embed {"texts": ["hello"]}'
      deadweight slim app -o image --to oci-layout --plan plan.json --run 'bin/serve --port 8000' --probe @probes.json
    """
    manners = Manners(as_json, quiet)
    asked = settings(target, manners, given, Level.BALANCED)
    what = read_plan(given["plan_file"]) if given["plan_file"] else asked.choice
    output = output_of(asked, out, given)
    report = slimming.slim(asked.target, output, what, _watching(exercise(asked, given), given))
    assert report.after is not None, "what was made was weighed"
    over = over_budget(asked.configuration.budget, report.after, None)
    tell(replace(report, over_budget=over), manners)
    return OVER_BUDGET if over else FINE


def _watching(asked: Exercise | None, given: dict[str, Any]) -> Exercise | None:
    if asked is None:
        return None
    return replace(asked, traces=given_traces(given), watched=not given["no_trace"])
