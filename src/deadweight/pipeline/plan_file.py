"""A plan as a file: JSON to review, bound to its artifact (docs/plan.schema.json)."""

from __future__ import annotations

from os import PathLike

from deadweight.core.plan import PLAN_SCHEMA, Plan
from deadweight.pipeline.kept_file import KeptFile

PLAN_FILE = KeptFile(
    "plan", Plan, PLAN_SCHEMA, lambda plan: plan.schema, "Make one: deadweight plan TARGET -o plan.json"
)
"""Files that `deadweight plan` writes."""


def plan_text(plan: Plan) -> str:
    """The plan as JSON."""
    return PLAN_FILE.text(plan)


def write_plan(plan: Plan, path: str | PathLike[str]) -> None:
    """Write the plan to a file, whole or not at all."""
    PLAN_FILE.write(plan, path)


def read_plan(path: str | PathLike[str]) -> Plan:
    """The plan of a file that `deadweight plan` wrote; raises UsageError for anything else."""
    return PLAN_FILE.read(path)
