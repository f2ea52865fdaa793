"""What is edited in a project's files, for a person: the diff, and what is left to do by hand."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.dependencies.fixing import Fixes
from deadweight.reports.paint import Paint, printable

_COLOURS = {"+": ("green",), "-": ("red",), "@": ("cyan",)}


def difference_text(difference: str, paint: Paint) -> str:
    """A unified diff in colour."""
    return "".join(f"{_painted(line, paint)}\n" for line in difference.split("\n")[:-1])


def fixes_text(found: Fixes, paint: Paint) -> str:
    """A line for each thing that is done, and for each that is not with the reason."""
    return "".join(f"{line}\n" for line in _lines(found, paint))


def _painted(line: str, paint: Paint) -> str:
    text = "\t".join(map(printable, line.split("\t")))
    if line.startswith(("+++", "---")):
        return paint(text, "bold")
    return paint(text, *_COLOURS.get(line[:1], ()))


def _lines(found: Fixes, paint: Paint) -> Iterator[str]:
    width = max((len(step.name) for step in found.steps), default=0)
    for step in found.steps:
        yield f"{step.verb.ljust(8)} {paint(printable(step.name.ljust(width)), 'bold')}  {printable(step.says)}"
    if found.skipped:
        yield paint("left to you", "bold")
    for one in found.skipped:
        where = f" ({one.place})" if one.place else ""
        yield f"  {printable(one.requirement)}{printable(where)}: {printable(one.says)}"
    if not found.steps:
        yield "nothing to edit"
