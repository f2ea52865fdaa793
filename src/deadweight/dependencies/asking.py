"""What of a project's declarations is asked for: its core and the groups that are named, with what those include."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.core.requirement import Declarations, Declared, Role


def asked(stated: Declarations, groups: Sequence[str] = ()) -> tuple[Declared, ...]:
    """What the project itself needs, and each extra or group of the names; raises UsageError for a name of neither."""
    wanted = _included(stated, [_known(stated, name) for name in groups])
    return tuple(
        one
        for one in stated.items
        if not one.is_constraint and ((one.role is Role.CORE and not one.group) or one.group in wanted)
    )


def group_names(stated: Declarations) -> tuple[str, ...]:
    """The extras and groups that there are, sorted."""
    named = {one.group for one in stated.items if one.group and not one.is_constraint}
    return tuple(sorted({*named, *stated.includes, *stated.extras} - {""}))


def texts(items: Iterable[Declared], folder: Path) -> tuple[str, ...]:
    """The requirements as an installer takes them, each once; a local one by the address of its folder."""
    return tuple(dict.fromkeys(_text(one, folder) for one in items))


def bounds(stated: Declarations) -> tuple[str, ...]:
    """What only bounds versions (`-c`)."""
    return tuple(dict.fromkeys(one.requirement for one in stated.items if one.is_constraint))


def _text(one: Declared, folder: Path) -> str:
    if not one.path:
        return one.requirement
    requirement = one.parsed
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{one.name}{extras} @ {(folder / one.path).absolute().as_uri()}{marker}"


def _known(stated: Declarations, name: str) -> str:
    names = group_names(stated)
    if (plain := canonicalize_name(name)) in names:
        return plain
    near = get_close_matches(plain, names, 3)
    there = f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(names) or 'none'}."
    raise UsageError(f"no extra and no group is called {name!r}", where="--group", advice=there)


def _included(stated: Declarations, names: Iterable[str]) -> frozenset[str]:
    """The groups with all that they include; a circle ends where it began."""
    waiting, found = list(names), set[str]()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting.extend(stated.includes.get(name, ()))
    return frozenset(found)
