"""What left the core list comes back into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deadweight.core.environment import Environment
from deadweight.core.requirement import Declarations
from deadweight.dependencies.lists import CORE, in_order
from deadweight.dependencies.splitting import Kept, Split, lower_bound


def returned_to_core(parts: Split, name: str, note: str, known: tuple[Declarations, Environment | None]) -> Split:
    """The lists with the name in the core as it is declared, else at least as installed; the note says why."""
    stated, installed = known
    back = tuple(_kept(name, note, stated)) or (Kept(name, f"{name}{lower_bound(name, installed)}", note),)
    lists = {at: tuple(one for one in kept if one.name != name or one.was_in == at) for at, kept in parts.lists.items()}
    core = tuple(one for one in lists.get(CORE, ()) if one.name != name)
    filled = {**{at: kept for at, kept in lists.items() if kept}, CORE: (*core, *back)}
    left = tuple(one for one in parts.left_out if one.name != name)
    return replace(parts, lists={at: filled[at] for at in in_order(filled)}, left_out=left)


def gone_from_core(parts: Split) -> tuple[str, ...]:
    """The names that run time asked for and that no list of it has now."""
    moved = (one.name for at, one in parts.moved() if one.was_in == CORE and at != CORE)
    return tuple(dict.fromkeys((*(one.name for one in parts.left_out), *moved)))


def _kept(name: str, note: str, stated: Declarations) -> Iterator[Kept]:
    items = [one for one in stated.items if one.name == name and not one.is_constraint]
    foremost = [one for one in items if one.role.runs] or items
    for one in foremost:
        yield Kept(one.name, one.requirement, note, CORE, one.path, one.is_editable)
