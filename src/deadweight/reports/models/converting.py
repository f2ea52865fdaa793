"""What writing a model file in another form came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.conversion import Cast, Converted, Ran
from deadweight.core.plural import plural
from deadweight.reports.measures import share, size, times
from deadweight.reports.paint import Paint, fitted, printable

MOST = 8


def text(done: Converted, colour: bool) -> str:
    """The whole account: forms and bytes, what became of the numbers, what is not in the result."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Converted, paint: Paint) -> Iterator[str]:
    yield paint(printable(done.out), "bold")
    yield f"{done.source} {size(done.before)} -> {done.form} {size(done.after)}, {times(done.before, done.after)}"
    if done.ran is None:
        yield f"{plural(done.tensors, 'tensor')}, each read back and compared"
    yield from (_cast(one, paint) for one in done.casts)
    if done.casts:
        yield from (f"  {size(count)} of {dtype} stay as they are" for dtype, count in done.kept.items() if count)
    if done.ran is not None:
        yield from _ran(done.ran)
    yield from _lists(done, paint)


def _cast(one: Cast, paint: Paint) -> str:
    head = f"  {one.source} -> {one.target}: {plural(one.tensors, 'tensor')}, {one.elements:,} elements"
    if one.is_exact:
        return f"{head}, {paint('all exactly as they were', 'green')}"
    told = f"{share(one.changed, one.elements)} rounded, by {one.furthest:.3g} at most"
    told += f", {one.vanished:,} to zero" if one.vanished else ""
    endless = paint(f", {one.overflowed:,} to infinity", "red", "bold") if one.overflowed else ""
    return f"{head}, {told}{endless}"


def _ran(ran: Ran) -> Iterator[str]:
    differ = f"its outputs differ by {ran.furthest:.3g} at most, of {ran.scale:.3g}"
    yield f"run in {ran.runner} on {plural(ran.inputs, 'input')}: {differ}"
    yield from (f"  {one}, as in all examples: it takes no other" for one in ran.fixed)


def _lists(done: Converted, paint: Paint) -> Iterator[str]:
    for heading, lines in (
        ("Stored once", [f"{fitted(own, 52)} is {fitted(holder, 52)}" for own, holder in done.shared.items()]),
        ("Not in the result", list(done.lost)),
    ):
        if lines:
            yield paint(heading, "yellow", "bold")
            yield from (f"  {printable(line)}" for line in lines[:MOST])
            if len(lines) > MOST:
                yield f"  {len(lines) - MOST:,} more; --json names them"
