"""The options that say how a program is started where nothing is run: for what only asks what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from deadweight.cli.options import Settings, stacked
from deadweight.cli.proving import pairs
from deadweight.pipeline.exercise import Exercise

ENTRIES = stacked(
    click.option("--entry", "entries", multiple=True, metavar="FILE|COMMAND", help="One more way in; repeatable."),
)
ENTER = stacked(
    click.option("--run", "command", metavar="COMMAND", help="How the program is started; an image has its own."),
    click.option("--cwd", "directory", metavar="DIR", help="Where it runs; the root of the artifact where left out."),
    click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Environment for the program."),
    ENTRIES,
)


def entering(asked: Settings, given: Mapping[str, Any]) -> Exercise | None:
    """How the program is started, from the options and the file; None where neither says it."""
    configured = asked.configuration
    run = given.get("command") or configured.run
    entries = tuple(given.get("entries") or configured.entries)
    if not run and not entries:
        return None
    environment = {**configured.environment, **pairs(given.get("environment") or ())}
    return Exercise(run=run, directory=given.get("directory") or "", environment=environment, entries=entries)
