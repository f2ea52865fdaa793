"""A trace as a file: JSON, bound to its artifact (docs/trace.schema.json)."""

from __future__ import annotations

from os import PathLike

from deadweight.core.trace import TRACE_SCHEMA, Trace
from deadweight.pipeline.kept_file import KeptFile

TRACE_FILE = KeptFile(
    "trace",
    Trace,
    TRACE_SCHEMA,
    lambda trace: trace.schema,
    "Make one: deadweight trace TARGET --run COMMAND --probe PROBE -o trace.json",
)
"""Files that `deadweight trace` writes."""


def trace_text(trace: Trace) -> str:
    """The trace as JSON."""
    return TRACE_FILE.text(trace)


def write_trace(trace: Trace, path: str | PathLike[str]) -> None:
    """Write the trace to a file, whole or not at all."""
    TRACE_FILE.write(trace, path)


def read_trace(path: str | PathLike[str]) -> Trace:
    """The trace of a file that `deadweight trace` wrote; raises UsageError for anything else."""
    return TRACE_FILE.read(path)
