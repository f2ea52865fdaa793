"""A plan as a file: JSON to review, bound to its artifact."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.plan import PLAN_SCHEMA, Plan
from deadweight.formats.output import whole_file
from deadweight.reports.json import as_plain, text


def plan_text(plan: Plan) -> str:
    """The plan as JSON (docs/plan.schema.json)."""
    return text(as_plain(plan))


def write_plan(plan: Plan, path: str | PathLike[str]) -> None:
    """Write the plan to a file, whole or not at all."""
    with whole_file(Path(path)) as stream:
        stream.write(plan_text(plan).encode())


def read_plan(path: str | PathLike[str]) -> Plan:
    """The plan of a file that `deadweight plan` wrote; raises UsageError for anything else."""
    import msgspec

    advice = "Make one: deadweight plan TARGET -o plan.json"
    try:
        plan = msgspec.convert(json.loads(Path(path).read_bytes()), Plan)
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, msgspec.ValidationError, RecursionError) as fault:
        raise UsageError(f"is no plan of schema {PLAN_SCHEMA}: {fault}", where=str(path), advice=advice) from fault
    if plan.schema != PLAN_SCHEMA:
        raise UsageError(f"is a plan of schema {plan.schema}, not {PLAN_SCHEMA}", where=str(path), advice=advice)
    return plan
