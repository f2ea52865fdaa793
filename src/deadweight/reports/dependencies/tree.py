"""The tree of requirements, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.gap import Gap
from deadweight.core.plural import plural
from deadweight.dependencies.conflicts import Conflict
from deadweight.dependencies.tree import Mark, Row
from deadweight.reports.dependencies.cost import gap_lines
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, printable

_SAID = {Mark.AGAIN: "shown above", Mark.CYCLE: "a cycle: it stands above this", Mark.MISSING: "not there"}


def tree_text(rows: Sequence[Row], found: Sequence[Conflict], gaps: Sequence[Gap], paint: Paint) -> str:
    """The rows with their branches, then what conflicts, then what is not known."""
    lines = [*_rows(rows, paint), *_conflicts(found, paint), *gap_lines(gaps, paint)]
    return "".join(f"{line}\n" for line in lines)


def _rows(rows: Sequence[Row], paint: Paint) -> Iterator[str]:
    open_below = _open_below(rows)
    for number, row in enumerate(rows):
        yield f"{_branch(row, open_below[number])}{_told(row, paint)}"


def _open_below(rows: Sequence[Row]) -> list[frozenset[int]]:
    """For each row the depths at which a later row goes on with the same branch."""
    found: list[frozenset[int]] = []
    going: frozenset[int] = frozenset()
    for row in reversed(rows):
        going = frozenset(depth for depth in going if depth <= row.depth)
        found.append(going)
        going |= {row.depth}
    return found[::-1]


def _branch(row: Row, going: frozenset[int]) -> str:
    if not row.depth:
        return ""
    trunk = "".join("│  " if depth in going else "   " for depth in range(1, row.depth))
    return f"{trunk}{'├─ ' if row.depth in going else '└─ '}"


def _told(row: Row, paint: Paint) -> str:
    is_wrong = row.mark in (Mark.MISSING, Mark.CONFLICT)
    styles = ("red",) if is_wrong else ("bold",) if not row.depth else ()
    words = [paint(printable(f"{row.name} {row.version}".rstrip()), *styles), *_figures(row)]
    if row.mark is Mark.CONFLICT:
        words.append(paint(f"({printable(row.requirement)} is wanted)", "red"))
    elif row.mark:
        words.append(paint(f"({_SAID[row.mark]})", "red" if is_wrong else "dim"))
    if row.hidden:
        words.append(paint(f"({plural(row.hidden, 'requirement')} below)", "dim"))
    if row.place:
        words.append(paint(printable(row.place), "dim"))
    return "  ".join(words)


def _figures(row: Row) -> Iterator[str]:
    if row.mark in (Mark.AGAIN, Mark.CYCLE, Mark.MISSING):
        return
    if row.size is not None:
        yield size(row.size)
    if row.retained and row.retained != row.size:
        yield f"{size(row.retained)} with what only it brings"


def _conflicts(found: Sequence[Conflict], paint: Paint) -> Iterator[str]:
    for one in found:
        yield ""
        there = printable(f"{one.name} {one.version}".rstrip())
        says = "is not there" if not one.version else "is not what all want"
        more = "; no version is" if one.is_contradictory else ""
        yield paint(f"{there} {says}{more}", "red")
        for want in sorted(one.wants, key=lambda want: want.is_met):
            chain = " → ".join(map(printable, want.chain)) or printable(want.by)
            state = "met" if want.is_met else paint("not met", "red")
            yield f"  {printable(want.requirement)}  {state}  {chain}"
