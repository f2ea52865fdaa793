"""What requirements cost, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deadweight.core.gap import Gap
from deadweight.core.plural import plural
from deadweight.dependencies.bytes import Bytes
from deadweight.dependencies.cost import Cost, Costs, Held
from deadweight.dependencies.lighter import Proposal
from deadweight.reports.dependencies.columns import aligned, on_disk, to_fetch
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, clipped, printable

_MOST_HELD = 5
_MOST_GAPS = 8


def cost_text(costs: Costs, paint: Paint, described: str = "") -> str:
    """The whole, then each requirement, extra and group, then what several hold together."""
    lines = [_head(costs, paint, described), ""]
    lines += _requirements(costs, paint)
    lines += _costs("extra", costs.extras, paint)
    lines += _groups(costs, paint)
    lines += _held(costs.shared, paint)
    return "\n".join([*lines, *gap_lines(costs.gaps, paint)]) + "\n"


def _head(costs: Costs, paint: Paint, described: str) -> str:
    whole = costs.whole
    told = ", ".join(
        [
            *([f"{on_disk(whole)} installed"] if whole.knows_installed else []),
            f"{to_fetch(whole)} to download" if whole.knows_download else "bytes to download not known (no lock says)",
        ]
    )
    of = f" ({printable(described)})" if described else ""
    return f"{paint(printable(costs.location), 'bold')}{of}: {plural(whole.parts, 'distribution')}, {told}"


def _requirements(costs: Costs, paint: Paint) -> Iterator[str]:
    """The table that adds up to the whole."""
    several, nobody = costs.shared_bytes, costs.unasked
    rows = [
        _heading("requirement"),
        *(_row(one, _said_groups(one.groups)) for one in costs.requirements),
        _sum_row("held by several", several, "goes only when all of them do" if several.parts else ""),
        _sum_row("asked for by nobody", nobody.retained, clipped(printable(", ".join(nobody.frees)), 60)),
        _sum_row("together", costs.whole, ""),
    ]
    yield from _painted(aligned(rows), paint)
    if costs.missing:
        yield paint(f"not there, and asked for: {printable(', '.join(costs.missing))}", "red")


def _costs(kind: str, found: Sequence[Cost], paint: Paint) -> Iterator[str]:
    shown = [one for one in found if one.retained.weight or one.closure.parts]
    if shown:
        yield ""
        yield from _painted(aligned([_heading(kind), *(_row(one, "") for one in shown)]), paint)


def _groups(costs: Costs, paint: Paint) -> Iterator[str]:
    if len(costs.groups) > 1 or any(one.name for one in costs.groups):
        yield ""
        rows = [_heading("group"), *(_row(one, _apart(one), one.name or "core") for one in costs.groups)]
        yield from _painted(aligned(rows), paint)


def _apart(one: Cost) -> str:
    more = one.retained.weight - one.apart.weight
    return f"{size(more)} more than its members one by one" if more > 0 else ""


def _held(shared: Sequence[Held], paint: Paint) -> Iterator[str]:
    told = [one for one in shared if one.held.weight][:_MOST_HELD]
    if told:
        yield ""
        yield paint("dropped together, these free more than one by one", "dim")
        for one in told:
            who, what = printable(" + ".join(one.holders)), printable(", ".join(one.names))
            yield f"  {size(one.held.weight):>9}  {clipped(who, 60)}  {paint(clipped(what, 60), 'dim')}"


def _heading(kind: str) -> tuple[str, ...]:
    return (kind, "itself", "with all below", "only it brings", "to download", "freed", "")


def _row(one: Cost, said: str, name: str = "") -> tuple[str, ...]:
    figures = (on_disk(one.own), on_disk(one.closure), on_disk(one.retained), to_fetch(one.retained))
    return (printable(name or one.name), *figures, str(one.retained.parts), printable(said))


def _sum_row(name: str, amount: Bytes, said: str) -> tuple[str, ...]:
    return (name, "", "", on_disk(amount), to_fetch(amount), str(amount.parts), said)


def _said_groups(groups: Sequence[str]) -> str:
    return "" if "" in groups else ", ".join(groups)


def _painted(lines: Iterator[str], paint: Paint) -> Iterator[str]:
    """The first line dim, it being the heading."""
    yield paint(next(lines), "dim")
    yield from lines


def absent_lines(absent: Mapping[str, tuple[str, ...]], paint: Paint) -> Iterator[str]:
    """The extras and groups that are not installed, with what they lack."""
    for group, names in absent.items():
        yield paint(f"not installed: {printable(group)} (lacks {clipped(printable(', '.join(names)), 70)})", "dim")


def lighter_lines(proposed: Sequence[Proposal], paint: Paint) -> Iterator[str]:
    """The lighter equivalents: those that nothing speaks against, and what speaks against the others."""
    for one in proposed:
        heavy, light = map(size, one.download)
        yield ""
        yield f"{paint(printable(one.swap), 'green' if not one.objections else 'dim')}  {heavy} → {light} to download"
        yield f"  if {printable(one.condition)}"
        yield f"  asked for by {printable(' → '.join(one.asked_by))}"
        for objection in one.objections[:_MOST_HELD]:
            yield paint(f"  against it: {printable(objection.says)} ({printable(str(objection.place))})", "yellow")
        if not one.objections:
            yield f"  nothing in the project's files speaks against it: deadweight deps what-if --swap {one.swap}"


def gap_lines(gaps: Sequence[Gap], paint: Paint) -> Iterator[str]:
    """What is not known, the first of it."""
    for gap in gaps[:_MOST_GAPS]:
        yield paint(f"not known: {printable(gap.where)}: {printable(gap.reason)}", "yellow")
    if len(gaps) > _MOST_GAPS:
        yield paint(f"and {len(gaps) - _MOST_GAPS} more that is not known: --json lists all", "yellow")
