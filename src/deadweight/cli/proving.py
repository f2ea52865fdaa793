"""The options of a proof, and the exercise that they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.configuration import parse_size
from deadweight.cli.options import Settings, stacked
from deadweight.core.errors import UsageError
from deadweight.pipeline.exercise import Exercise
from deadweight.sandbox.stand import RunLimits

PROVE = stacked(
    click.option("--run", "command", metavar="COMMAND", help="The program, as a shell line; an image has its own."),
    click.option("--probe", "probes", multiple=True, metavar="PROBE", help="What to ask of it (below); repeatable."),
    click.option("--check", "checks", multiple=True, metavar="PROBE", help="What only the proof asks, as --probe."),
    click.option("--port", type=int, help="The port it listens on; found by itself where left out."),
    click.option("--cwd", "directory", metavar="DIR", help="Where it runs; the root of the artifact where left out."),
    click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Environment for the program."),
    click.option("--writable", multiple=True, metavar="DIR", help="A directory that the program may write to."),
    click.option("--timeout", type=float, default=120.0, show_default=True, help="Seconds until it must be ready."),
    click.option("--memory", metavar="SIZE", help="The most memory that it may take, as 4GB."),
    click.option("--tolerance", type=click.FloatRange(0), help="How far numbers in JSON may be from the original's."),
    click.option("--no-sandbox", is_flag=True, help="Run without isolation, where bubblewrap can't; recorded."),
)


def exercise(asked: Settings, given: Mapping[str, Any]) -> Exercise | None:
    """What to prove with, from the options and the file; None where neither says anything to run or to ask."""
    configured = asked.configuration
    run = given.get("command") or configured.run
    probes = tuple(given.get("probes") or configured.probes)
    checks = tuple(
        _found(given["checks"], Path.cwd()) if given.get("checks") else _found(configured.checks, asked.base)
    )
    if not run and not probes and not checks:
        return None
    return Exercise(
        run=run,
        probes=probes,
        port=given.get("port") or configured.port,
        directory=given.get("directory") or "",
        environment={**configured.environment, **pairs(given.get("environment") or ())},
        writable=tuple(given.get("writable") or configured.writable),
        limits=_limits(given),
        sandbox=not given.get("no_sandbox"),
        entries=tuple(given.get("entries") or configured.entries),
        base=Path.cwd() if given.get("probes") else asked.base,
        checks=checks,
        tolerance=given.get("tolerance") or 0.0,
    )


def _found(specs: Sequence[str], base: Path) -> Iterator[str]:
    """The specs with each file that is named taken from the folder, whatever the probes are taken from."""
    return (f"@{base / spec.strip()[1:]}" if spec.strip().startswith("@") else spec for spec in specs)


def pairs(texts: Sequence[str]) -> Mapping[str, str]:
    """The environment of `--env NAME=VALUE` texts; raises UsageError for any other text."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is no NAME=VALUE", where="--env")
        pairs[name] = value
    return pairs


def _limits(given: Mapping[str, Any]) -> RunLimits:
    usual = RunLimits()
    memory = parse_size(given["memory"], "--memory") if given.get("memory") else usual.memory
    return replace(usual, start_seconds=given.get("timeout") or usual.start_seconds, memory=memory)
