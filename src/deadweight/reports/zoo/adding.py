"""What adding a version came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.zoo_report import Added
from deadweight.reports.measures import share, size
from deadweight.reports.paint import Paint, clipped, printable

WIDTH = 110
MOST_GAPS = 8


def text(done: Added, colour: bool) -> str:
    """The version, and how little of it was new."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Added, paint: Paint) -> Iterator[str]:
    one = done.version
    came = f", made from {one.parent}" if one.parent else ""
    yield paint(str(one.reference), "bold") + printable(came)
    counts = f"{plural(one.files, 'file')}, {plural(one.tensors, 'tensor')}"
    new = paint(f"{size(done.stored)} new in the store", "green", "bold")
    yield f"{size(one.size)} in {counts}: {new}, {share(done.stored, one.size)}"
    if done.gaps:
        yield ""
        yield paint("Not known", "yellow", "bold")
    for gap in done.gaps[:MOST_GAPS]:
        yield f"  {clipped(printable(f'{gap.where}: {gap.reason}'), WIDTH)}"
    if len(done.gaps) > MOST_GAPS:
        yield f"  {len(done.gaps) - MOST_GAPS} more; --json names them"
