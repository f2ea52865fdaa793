"""A trace as a person reads it: how much was touched, of what, and what the tracing cost."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from deadweight.cli.colour import in_colour
from deadweight.core.plural import plural
from deadweight.core.scene import Scene
from deadweight.core.trace import Trace
from deadweight.pipeline.tracing.summary import TraceSummary, summary
from deadweight.reports.measures import bar, share, size
from deadweight.reports.paint import Paint, fitted, printable

_OWNERS = 10
_PROGRAMS = 4


def tell_trace(scene: Scene, trace: Trace) -> None:
    """Print the summary of a trace."""
    paint = Paint(in_colour(sys.stdout))
    counted = summary(scene, trace)
    for label, text in (*_head(trace, counted), *_tail(trace, counted)):
        click.echo(f"{paint(f'{label:<10}', 'dim')}{text}")
    click.echo(f"\n{paint('read', 'bold')}        of        owner")
    for part in counted.owners[:_OWNERS]:
        figures = f"{size(part.read_size):>9}  {size(part.size):>9}  "
        click.echo(f"{figures}{fitted(printable(part.name), 40):<40}  {bar(part.read_size, part.size, 10)}")
    rest = counted.owners[_OWNERS:]
    if rest:
        some = size(sum(part.read_size for part in rest))
        click.echo(f"{some:>9}  {size(sum(part.size for part in rest)):>9}  {plural(len(rest), 'owner')} more")


def _head(trace: Trace, counted: TraceSummary) -> Iterator[tuple[str, str]]:
    asked = f", {plural(len(trace.probes), 'probe')}" if trace.probes else ""
    yield "traced", f"{fitted(printable(trace.command), 80) or 'commands'}{asked}, {plural(trace.runs, 'run')}"
    whole = counted.whole
    yield (
        "read",
        f"{whole.read_files:,} of {plural(whole.files, 'file')}, {size(whole.read_size)} of {size(whole.size)} "
        f"({share(whole.read_size, whole.size)})",
    )
    uses = " · ".join(f"{use} {count:,}" for use, count in counted.uses.items())
    yield "paths", f"{plural(len(trace.touches), 'path')} touched: {uses}"
    yield "outside", f"{plural(len(trace.outside), 'path')} that are not of the artifact"


def _tail(trace: Trace, counted: TraceSummary) -> Iterator[tuple[str, str]]:
    programs = counted.programs
    named = ", ".join(fitted(printable(program), 40) for program in programs[:_PROGRAMS])
    more = f" and {len(programs) - _PROGRAMS} more" if len(programs) > _PROGRAMS else ""
    yield "programs", f"{named}{more}"
    if ratio := counted.cost(trace):
        seconds = f"a run took {trace.traced_seconds:.1f} s traced, {trace.plain_seconds:.1f} s untraced"
        yield "cost", f"{seconds}: {ratio:.2f} times as long"
