"""What quantising a model file came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.steps import Quantised
from deadweight.reports.measures import size, smaller
from deadweight.reports.models import judging
from deadweight.reports.paint import Paint, fitted, printable

MOST = 8


def text(done: Quantised, colour: bool) -> str:
    """Bytes before and after, what is not quantised, and what a task says."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Quantised, paint: Paint) -> Iterator[str]:
    ratio = paint(smaller(done.before, done.after), "green", "bold")
    yield paint(printable(done.out), "bold")
    yield f"{size(done.before)} -> {size(done.after)}, {ratio}"
    yield f"{plural(done.tensors, 'tensor')} in {done.bits} bits ({done.method})"
    if done.left:
        yield f"{plural(len(done.left), 'tensor')} left as {'it is' if len(done.left) == 1 else 'they are'}:"
        yield from (f"  {fitted(printable(name), 80)}" for name in done.left[:MOST])
        if len(done.left) > MOST:
            yield f"  {len(done.left) - MOST:,} more; --json names them"
    yield from judging.lines(done.judged, paint)
    if not done.judged:
        yield "What that costs is not known: --task or --samples asks development data, deadweight model compare more."
