"""The options that say how a program is started where nothing is run: for what only asks what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import PATH, Settings, stacked
from deadweight.cli.proving import pairs
from deadweight.core.trace import Trace
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.tracing.file import read_trace
from deadweight.pipeline.tracing.uniting import united

ENTRIES = stacked(
    click.option("--entry", "entries", multiple=True, metavar="FILE|COMMAND", help="One more way in; repeatable."),
    click.option(
        "--from-trace",
        "trace_files",
        multiple=True,
        type=PATH,
        help="What a run touched: a file of deadweight trace; repeatable, they are united.",
    ),
)
ENTER = stacked(
    click.option("--run", "command", metavar="COMMAND", help="How the program is started; an image has its own."),
    click.option("--cwd", "directory", metavar="DIR", help="Where it runs; the root of the artifact where left out."),
    click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Environment for the program."),
    ENTRIES,
)


def given_trace(given: Mapping[str, Any]) -> Trace | None:
    """The trace of the files that were named, united, None where none was."""
    files: Sequence[Path] = given.get("trace_files") or ()
    return united([read_trace(file) for file in files]) if files else None


def entering(asked: Settings, given: Mapping[str, Any]) -> Exercise | None:
    """How the program is started, from the options and the file; None where neither says it."""
    configured = asked.configuration
    run = given.get("command") or configured.run
    entries = tuple(given.get("entries") or configured.entries)
    trace = given_trace(given)
    if not run and not entries and trace is None:
        return None
    environment = {**configured.environment, **pairs(given.get("environment") or ())}
    return Exercise(
        run=run, directory=given.get("directory") or "", environment=environment, entries=entries, trace=trace
    )
