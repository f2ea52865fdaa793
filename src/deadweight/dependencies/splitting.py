"""A project's requirements split by what they are for, on the evidence of what it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from deadweight.core.environment import Environment
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.lists import foremost, in_order, list_for, list_of, role_of_tool

_ADDS = (Fault.UNDECLARED, Fault.TRANSITIVE)


@dataclass(frozen=True, slots=True)
class Kept:
    """One requirement of a list: `note` says why it is there where that is not as declared, `path` where a local lies.

    `was_in` is the list it was declared in, empty for one that is added.
    """

    name: str
    requirement: str
    note: str = ""
    was_in: str = ""
    path: str = ""
    is_editable: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A requirement in no list, or a use that none was added for: what it is, where, why, and the bytes it frees."""

    name: str
    requirement: str
    says: str
    place: Place | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The lists by name in the order of the work, what no list has, and what is used and was not added."""

    lists: Mapping[str, tuple[Kept, ...]]
    left_out: tuple[Left, ...] = ()
    not_added: tuple[Left, ...] = ()

    def moved(self) -> Iterator[tuple[str, Kept]]:
        """What is in another list than it was declared in, each with that list."""
        for name, kept in self.lists.items():
            yield from ((name, one) for one in kept if one.was_in and one.was_in != name)

    def added(self) -> Iterator[tuple[str, Kept]]:
        """What was not declared, each with its list."""
        for name, kept in self.lists.items():
            yield from ((name, one) for one in kept if not one.was_in)


def split(stated: Declarations, verdicts: Sequence[Verdict], installed: Environment | None) -> Split:
    """The lists: what is declared stays or moves as its verdict says, what is undeclared is added where it is used.

    Left out is only what is surely unused; what is not sure stays where it is, with a note that says so.
    """
    lists: dict[str, dict[str, Kept]] = {}
    left: list[Left] = []
    for one in stated.items:
        if one.is_constraint:
            continue
        name, kept = placed(one, verdicts)
        if isinstance(kept, Left):
            left.append(kept)
        else:
            _put(lists, name, kept)
    for verdict in verdicts:
        if verdict.fault in _ADDS and verdict.is_sure:
            _put(lists, list_for(foremost(verdict.uses) or Role.CORE), added(verdict, installed))
    doubtful = tuple(_not_added(one) for one in verdicts if one.fault in _ADDS and not one.is_sure)
    ordered = {name: tuple(lists[name].values()) for name in in_order(lists)}
    return Split(ordered, tuple(left), doubtful)


def placed(one: Declared, verdicts: Sequence[Verdict]) -> tuple[str, Kept | Left]:
    """The list that a declared requirement belongs in, and it; or the list that it is in, and why it is in none."""
    here, verdict = list_of(one), _verdict_of(one, verdicts)
    if verdict is None:
        return here, _kept(one, here)
    if not verdict.is_sure:
        return here, _kept(one, here, verdict.says if "not sure" in verdict.says else f"not sure: {verdict.says}")
    if verdict.fault is Fault.MISPLACED:
        return target_of(verdict, one), _kept(one, here, f"moved from {here}: {verdict.says}")
    tool = role_of_tool(one.name)
    if tool and one.role.runs:
        return list_for(tool), _kept(one, here, f"moved from {here}: nothing at run time uses it")
    return here, Left(one.name, one.requirement, verdict.says, one.place, verdict.size)


def added(verdict: Verdict, installed: Environment | None) -> Kept:
    """A requirement for what is used and not declared: at least the version that is installed."""
    return Kept(verdict.name, f"{verdict.name}{lower_bound(verdict.name, installed)}", f"added: {_seen(verdict)}")


def lower_bound(name: str, installed: Environment | None) -> str:
    """`>=` the installed version, empty where none is known."""
    found = installed.by_name.get(name) if installed else None
    try:
        return f">={Version(found.version).public}" if found else ""
    except InvalidVersion:
        return ""


def where_used(uses: Sequence[Usage]) -> str:
    """The first use as a comment says it: `app/main.py:3 is imported`."""
    return f"{uses[0].subject} {uses[0].says} ({uses[0].place})" if uses else ""


def target_of(verdict: Verdict, one: Declared) -> str:
    """The list that what is misplaced belongs in."""
    used_for = foremost(verdict.uses)
    if used_for is not None:
        return list_for(used_for)
    tool = role_of_tool(one.name)
    return list_for(tool) if tool else list_for(Role.DEVELOPMENT if one.role.runs else Role.CORE)


def _verdict_of(one: Declared, verdicts: Sequence[Verdict]) -> Verdict | None:
    """What was found of just this declaration, unused before misplaced; None for nothing that moves it."""
    about = [
        verdict
        for verdict in verdicts
        if verdict.name == one.name
        and verdict.fault in (Fault.UNUSED, Fault.MISPLACED)
        and (not verdict.places or one.place in verdict.places)
    ]
    return min(about, key=lambda verdict: (not verdict.is_sure, verdict.fault is Fault.MISPLACED), default=None)


def _kept(one: Declared, was_in: str, note: str = "") -> Kept:
    return Kept(one.name, one.requirement, note, was_in, one.path, one.is_editable)


def _put(lists: dict[str, dict[str, Kept]], name: str, kept: Kept) -> None:
    """Put it in the list, once: several with markers of their own stay apart."""
    lists.setdefault(name, {}).setdefault(kept.requirement, kept)


def _not_added(verdict: Verdict) -> Left:
    place = verdict.uses[0].place if verdict.uses else None
    return Left(verdict.name, verdict.name, verdict.says, place)


def _seen(verdict: Verdict) -> str:
    return where_used(verdict.uses) or verdict.says
