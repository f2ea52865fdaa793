"""What fine-tuning a model came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.steps import Tuned
from deadweight.reports.measures import size
from deadweight.reports.models import judging
from deadweight.reports.paint import Paint, printable


def text(done: Tuned, colour: bool) -> str:
    """The loss before and after, what stayed zero, and what a task says."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Tuned, paint: Paint) -> Iterator[str]:
    yield paint(printable(done.out), "bold") + f"  {size(done.after)}"
    yield f"{plural(done.steps, 'step')} against {printable(done.against)} in {done.seconds:.0f} s, seed {done.seed}"
    yield f"  {plural(done.tensors, 'tensor')} trained, {done.zeros:,} weights that were zero are zero"
    yield f"  loss {done.first_loss:.4g} -> {done.last_loss:.4g}  (squared difference to the original's outputs)"
    yield from judging.lines(done.judged, paint)
    yield "  Before is the original. Distillation drifts to its inputs: a gate decides, deadweight model compare."
