"""The options of a proof, and the values that they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.configuration import parse_size
from deadweight.cli.options import Settings, stacked
from deadweight.core.artifact import Artifact
from deadweight.core.errors import UsageError
from deadweight.core.probe import ProbeKind
from deadweight.pipeline.proving import Proving
from deadweight.proof.probes import parse_probes
from deadweight.proof.prove import ProofSettings
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.stand import RunLimits

PROVE = stacked(
    click.option("--run", "command", metavar="COMMAND", help="The program, as a shell line; an image has its own."),
    click.option("--probe", "probes", multiple=True, metavar="PROBE", help="What to ask of it (below); repeatable."),
    click.option("--port", type=int, help="The port it listens on; found by itself where left out."),
    click.option("--cwd", "directory", metavar="DIR", help="Where it runs; the root of the artifact where left out."),
    click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Environment for the program."),
    click.option("--writable", multiple=True, metavar="DIR", help="A directory that the program may write to."),
    click.option("--timeout", type=float, default=120.0, show_default=True, help="Seconds until it must be ready."),
    click.option("--memory", metavar="SIZE", help="The most memory that it may take, as 4GB."),
    click.option("--no-sandbox", is_flag=True, help="Run without isolation, where bubblewrap can't; recorded."),
)


def proving(asked: Settings, artifact: Artifact, given: Mapping[str, Any]) -> Proving | None:
    """What to prove with, from options, the file and the image's own configuration; None where nothing is given."""
    configured = asked.configuration
    specifications = tuple(given.get("probes") or configured.probes)
    line = given.get("command") or configured.run
    if not line and not specifications:
        return None
    base = Path.cwd() if given.get("probes") else asked.base
    probes = parse_probes(specifications or ("imports",), base)
    asking = any(probe.kind is ProbeKind.REQUEST for probe in probes)
    start = _start(asked, artifact, {**given, "command": line}) if line or (artifact.image and asking) else None
    return Proving(probes, _running(asked, given), start)


def _start(asked: Settings, artifact: Artifact, given: Mapping[str, Any]) -> Start:
    configured = asked.configuration
    return Start(
        line=given["command"],
        image=artifact.image,
        directory=given.get("directory") or "",
        environment={**configured.environment, **_pairs(given.get("environment") or ())},
        port=given.get("port") or configured.port,
        writable=tuple(given.get("writable") or configured.writable),
    )


def _pairs(texts: Sequence[str]) -> Mapping[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is no NAME=VALUE", where="--env")
        pairs[name] = value
    return pairs


def _running(asked: Settings, given: Mapping[str, Any]) -> ProofSettings:
    usual = RunLimits()
    memory = parse_size(given["memory"], "--memory") if given.get("memory") else usual.memory
    limits = replace(usual, start_seconds=given.get("timeout") or usual.start_seconds, memory=memory)
    return ProofSettings(isolation(sandbox=not given.get("no_sandbox")), limits, asked.sight.opening.progress)
