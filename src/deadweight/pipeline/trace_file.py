"""A trace as a file: JSON, bound to its artifact; or a record that strace made elsewhere, read as one."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.trace import TRACE_SCHEMA, Trace
from deadweight.formats.output import whole_file
from deadweight.reports.json import as_plain, text

_ADVICE = "Make one: deadweight trace TARGET --run COMMAND --probe PROBE -o trace.json"


def trace_text(trace: Trace) -> str:
    """The trace as JSON (docs/trace.schema.json)."""
    return text(as_plain(trace))


def write_trace(trace: Trace, path: str | PathLike[str]) -> None:
    """Write the trace to a file, whole or not at all."""
    with whole_file(Path(path)) as stream:
        stream.write(trace_text(trace).encode())


def read_trace(path: str | PathLike[str]) -> Trace:
    """The trace of a file that `deadweight trace` wrote; raises UsageError for anything else."""
    import msgspec

    try:
        found = json.loads(Path(path).read_bytes())
        trace = msgspec.convert(found, Trace)
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, msgspec.ValidationError, RecursionError) as fault:
        raise UsageError(f"is no trace of schema {TRACE_SCHEMA}: {fault}", where=str(path), advice=_ADVICE) from fault
    if trace.schema != TRACE_SCHEMA:
        raise UsageError(f"is a trace of schema {trace.schema}, not {TRACE_SCHEMA}", where=str(path), advice=_ADVICE)
    return trace
