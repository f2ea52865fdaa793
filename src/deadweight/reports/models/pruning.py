"""What pruning a model file came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.steps import Pruned, Recovered, Zeroed
from deadweight.reports.measures import share, size, times
from deadweight.reports.models import judging
from deadweight.reports.paint import Paint, fitted, printable

MOST = 8


def text(done: Pruned, colour: bool) -> str:
    """What went, what it weighs as it lies and packed, and what a task says."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Pruned, paint: Paint) -> Iterator[str]:
    elements = sum(one.elements for one in done.tensors)
    before, after = (sum(getattr(one, name) for one in done.tensors) for name in ("before", "after"))
    where = "of each tensor" if done.scope == "layer" else "of all tensors together"
    yield paint(printable(done.out), "bold")
    yield f"The smallest {done.amount:.0%} {where}: {after:,} of {elements:,} weights are zero, {before:,} were"
    yield f"  {plural(len(done.tensors), 'tensor')} pruned, {len(done.left):,} left whole: small, of one axis, or kept"
    yield from (_tensor(one) for one in done.tensors[:MOST] if done.scope != "layer")
    yield f"  as it lies   {size(done.before):>9} -> {size(done.after):>9}  zeros take the room of other numbers"
    packed = f"{size(done.packed_before):>9} -> {size(done.packed_after):>9}"
    yield f"  under zstd   {packed}  {paint(times(done.packed_before, done.packed_after), 'green', 'bold')}"
    yield f"  Codes pack better: deadweight model quantize {printable(done.out)} --method weight-only"
    yield from () if done.recovered is None else _recovered(done.recovered)
    yield from judging.lines(done.judged, paint)


def _recovered(one: Recovered) -> Iterator[str]:
    yield f"  in {plural(one.rounds, 'round')}, {plural(one.steps, 'step')} of training between and after them"
    yield f"  difference to the original, of its square: {one.highest_loss:.3g} at most, {one.last_loss:.3g} at the end"


def _tensor(one: Zeroed) -> str:
    return f"  {fitted(printable(one.name), 52):<52} {share(one.after, one.elements):>8} zero"
