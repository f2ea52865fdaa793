"""What is wrong with a project's requirements, for a person: names first, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from deadweight.core.gap import Gap
from deadweight.core.plural import plural
from deadweight.core.project import Project
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, clipped, printable

GUESSED = "guessed"
_HEADS = {
    Fault.UNDECLARED: "undeclared: used, and asked for nowhere",
    Fault.TRANSITIVE: "transitive: used, and there only because something else asks for it",
    Fault.UNUSED: "unused: asked for, and used nowhere",
    Fault.MISPLACED: "misplaced: asked for in one place, used in another",
    Fault.CONFLICTING: "conflicting: demands that no version meets",
    Fault.UNMET: "unmet: installed otherwise than is asked for",
    Fault.ALARMING: "alarming: no fault of the code, and yet not meant so",
}
_COLOURS = {Fault.UNUSED: "yellow", Fault.MISPLACED: "yellow"}
_MOST_USES = 2
_MOST_GAPS = 5


def check_report(project: Project, verdicts: Sequence[Verdict], paint: Paint) -> str:
    """The whole text."""
    return "\n".join([*_lines(project, verdicts, paint), ""])


def _lines(project: Project, verdicts: Sequence[Verdict], paint: Paint) -> Iterator[str]:
    yield _head(project, paint)
    sure = [one for one in verdicts if one.is_sure]
    doubtful = [one for one in verdicts if not one.is_sure]
    width = max((len(one.name) for one in verdicts), default=0)
    for fault, several in groupby(sorted(sure, key=lambda one: tuple(Fault).index(one.fault)), lambda one: one.fault):
        yield ""
        yield paint(_HEADS[fault], "bold", _COLOURS.get(fault, "red"))
        for one in several:
            yield from _verdict(one, width, paint)
    if doubtful:
        yield ""
        yield paint("not sure: look yourself", "bold")
        for one in doubtful:
            yield from _verdict(one, width, paint)
    yield from _gaps(project.gaps, paint)
    yield ""
    yield _sum(sure, doubtful)


def _head(project: Project, paint: Paint) -> str:
    stated = project.declarations
    count = len({one.name for one in stated.items if not one.is_constraint})
    asked = plural(count, "requirement")
    files = f" in {', '.join(map(printable, stated.files))}" if stated.files else ""
    head = f"{paint(printable(stated.name or project.location), 'bold')}: {asked}{files}"
    if project.environment is None:
        return f"{head}\nno environment found: modules are mapped by a table and by name (--env PATH)"
    installed = plural(len(project.environment.distributions), "distribution")
    return f"{head}\nmapped by {installed} in {printable(project.environment.location)}"


def _verdict(one: Verdict, width: int, paint: Paint) -> Iterator[str]:
    """The name, what is wrong and what to do; then where it is used."""
    freed = f", frees {size(one.size)}" if one.size else ""
    where = ", ".join(printable(str(place)) for place in one.places if place.line)
    advice = f"{one.advice} ({where})" if where else one.advice
    says = f"{'' if one.is_sure else f'{one.fault}? '}{printable(one.says)}: {printable(advice)}{freed}"
    name = f"{paint(printable(one.name), 'bold')}{' ' * (width - len(one.name))}"
    yield f"  {name}  {says}"
    by_place = {str(use.place): use for use in reversed(one.uses)}
    for use in [*reversed(by_place.values())][:_MOST_USES]:
        yield paint(f"{' ' * (width + 4)}{_use(use)}", "dim")
    if len(by_place) > _MOST_USES:
        yield paint(f"{' ' * (width + 4)}and {plural(len(by_place) - _MOST_USES, 'place')} more", "dim")
    if one.basis == GUESSED:
        yield paint(f"{' ' * (width + 4)}the distribution's name is guessed from the module's", "dim")


def _use(use: Usage) -> str:
    return clipped(printable(f"{use.place}: {use.subject} {use.says}"), 110)


def _gaps(gaps: Sequence[Gap], paint: Paint) -> Iterator[str]:
    if not gaps:
        return
    yield ""
    yield paint("not known", "bold")
    for gap in gaps[:_MOST_GAPS]:
        yield f"  {clipped(printable(f'{gap.where}: {gap.reason}'), 116)}"
    if len(gaps) > _MOST_GAPS:
        yield f"  and {len(gaps) - _MOST_GAPS} more (--json has all)"


def _sum(sure: Sequence[Verdict], doubtful: Sequence[Verdict]) -> str:
    if not sure and not doubtful:
        return "nothing is wrong"
    counts = [(fault, sum(one.fault is fault for one in sure)) for fault in Fault]
    told = ", ".join(f"{count} {fault}" for fault, count in counts if count)
    return (told or "nothing is surely wrong") + (f"; {len(doubtful)} not sure" if doubtful else "")
