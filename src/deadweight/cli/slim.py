"""`deadweight slim`: cut what is safe on a copy, prove it, pack it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.exits import FINE, OVER_BUDGET
from deadweight.cli.options import CHOOSE, LOOK, PATH, TALK, TARGET, Manners, Settings, settings
from deadweight.cli.plan import read_plan
from deadweight.cli.proving import PROVE, proving
from deadweight.cli.telling import Watch, over_budget, tell, version
from deadweight.core.finding import Finding
from deadweight.core.plan import Plan
from deadweight.core.report import Report
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.core.waterfall import waterfall
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.finding import find
from deadweight.pipeline.opening import open_scene
from deadweight.pipeline.planning import make_plan
from deadweight.pipeline.slimming import Made, Output, slim, target_format


@click.command("slim")
@TARGET
@click.option("-o", "--output", "out", type=PATH, required=True, help="Where the result goes; nothing may be there.")
@click.option("--plan", "plan_file", type=PATH, help="Make exactly the edits of this plan.")
@click.option("--to", "to_format", help="Another format: directory, oci-layout, oci-archive, docker-archive, tar, zip.")
@click.option("--codec", help="Compression of what is written anew: store, gzip, zstd, xz, bzip2.")
@click.option("--no-companion", is_flag=True, help="Do not keep what was cut beside the result.")
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
    asked = settings(target, manners, given)
    watch = Watch()
    with watch.stage("open and attribute"):
        scene = open_scene(target, asked.sight)
    output = Output(out, given["to_format"] or "", _packing(asked, given), not given["no_companion"])
    proof = proving(asked, scene.artifact, given)
    with watch.stage("find and plan"):
        findings, plan = _planned(
            scene, replace(asked, choice=replace(asked.choice, provable=proof is not None)), given, output
        )
    with watch.stage("apply, prove and pack"):
        made = slim(scene, plan, output, (asked.sight, proof))
    report = _report(scene, (findings, plan), made, watch)
    over = over_budget(asked.configuration.budget, made.scene.ask(COMPOSITION), None)
    tell(replace(report, over_budget=over), manners)
    return OVER_BUDGET if over else FINE


def _packing(asked: Settings, given: dict[str, Any]) -> Packing:
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 0)
    return Packing(codec=given["codec"] or "", epoch=epoch, progress=asked.sight.opening.progress)


def _planned(scene: Scene, asked: Settings, given: dict[str, Any], output: Output) -> tuple[tuple[Finding, ...], Plan]:
    target = target_format(scene, output)
    if given["plan_file"] is not None:
        return (), read_plan(given["plan_file"]).bound_to(scene.artifact.digest)
    findings = find(scene, asked.rules)
    return findings, make_plan(scene, findings, asked.choice, target.stores)


def _report(scene: Scene, planned: tuple[tuple[Finding, ...], Plan], made: Made, watch: Watch) -> Report:
    findings, plan = planned
    return Report(
        version(),
        scene.ask(COMPOSITION),
        findings,
        plan,
        after=made.scene.ask(COMPOSITION),
        companion=str(made.companion) if made.companion else "",
        cuts=waterfall(made.edits, scene.listing, made.scene.artifact.inventory),
        proof=made.proof,
        gaps=scene.gaps,
        stages=tuple(watch.stages),
    )
