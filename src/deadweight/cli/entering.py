"""The options that say how a program is started where nothing is run: for what only asks what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import PATH, Settings, stacked
from deadweight.cli.proving import pairs
from deadweight.core.errors import UsageError
from deadweight.pipeline.exercise import Exercise

ENTRIES = stacked(
    click.option("--entry", "entries", multiple=True, metavar="FILE|COMMAND", help="One more way in; repeatable."),
    click.option(
        "--from-trace",
        "trace_files",
        multiple=True,
        type=PATH,
        help="What a run touched: a file of deadweight trace, or a record of strace; repeatable, they are united.",
    ),
)
ENTER = stacked(
    click.option("--run", "command", metavar="COMMAND", help="How the program is started; an image has its own."),
    click.option("--cwd", "directory", metavar="DIR", help="Where it runs; the root of the artifact where left out."),
    click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Environment for the program."),
    ENTRIES,
)


def given_traces(given: Mapping[str, Any]) -> tuple[Path, ...]:
    """The trace files that were named; raises UsageError for one that is not there, before anything is opened."""
    files = tuple(given.get("trace_files") or ())
    for file in files:
        if not file.is_file():
            raise UsageError("there is no such file", where=str(file), advice="Make one: deadweight trace.")
    return files


def entering(asked: Settings, given: Mapping[str, Any]) -> Exercise | None:
    """How the program is started, from the options and the file; None where neither says it."""
    configured = asked.configuration
    run = given.get("command") or configured.run
    entries = tuple(given.get("entries") or configured.entries)
    traces = given_traces(given)
    if not run and not entries and not traces:
        return None
    environment = {**configured.environment, **pairs(given.get("environment") or ())}
    return Exercise(
        run=run, directory=given.get("directory") or "", environment=environment, entries=entries, traces=traces
    )
