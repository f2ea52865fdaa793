"""A report goes to standard output in the form that was asked for."""

from __future__ import annotations

import sys

from deadweight.cli.colour import in_colour
from deadweight.cli.configuration import Budget, parse_size
from deadweight.cli.options import Manners
from deadweight.core.plan import Plan
from deadweight.core.plugins import found, named
from deadweight.core.report import Composition, Report
from deadweight.core.seams import ReportForm


def tell(report: Report, manners: Manners) -> None:
    """Write the report, as JSON or for a person."""
    if manners.quiet and not manners.as_json:
        return
    forms = named(found("deadweight.reports", "FORM", ReportForm))
    form = forms["json" if manners.as_json else "terminal"]
    if form.pieces is None:
        sys.stdout.write(form.write(report, in_colour(sys.stdout)))
    else:
        sys.stdout.writelines(form.pieces(report))


def over_budget(budget: Budget, whole: Composition, plan: Plan | None) -> tuple[str, ...]:
    """What is over its budget, in words."""
    measured = {"stored": whole.total, "unpacked": whole.unpacked, "hidden": whole.shadowed}
    if plan is not None:
        measured["findings"] = plan.estimate
    over = []
    for name, count in measured.items():
        text = getattr(budget, name)
        if text and count > parse_size(text, f"budget.{name}"):
            over.append(f"{name} is {count:,} bytes, the budget is {text}")
    return tuple(over)
