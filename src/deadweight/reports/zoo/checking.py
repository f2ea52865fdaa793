"""What is wrong in a zoo, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.zoo_report import Checked
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, printable

MOST = 30


def text(done: Checked, colour: bool) -> str:
    """Every problem with the versions that it hits, or that there is none."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Checked, paint: Paint) -> Iterator[str]:
    looked = f"{plural(done.versions, 'version')}, {plural(done.parts, 'part')}, {plural(done.blobs, 'blob')}"
    yield f"{printable(done.place)}: {looked}, {size(done.bytes)} read"
    if not done.problems:
        yield paint("Every byte is as it was stored.", "green", "bold")
        return
    yield paint(plural(len(done.problems), "problem"), "red", "bold")
    for one in done.problems[:MOST]:
        hit = f"  hits {printable(', '.join(one.versions))}" if one.versions else ""
        yield f"  {printable(one.what)}: {printable(one.where)}{hit}"
    if len(done.problems) > MOST:
        yield f"  {len(done.problems) - MOST} more; --json lists them"
