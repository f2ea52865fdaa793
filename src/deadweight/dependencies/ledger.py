"""The uses of a project, put to the account of the distribution that each is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength, Usage
from deadweight.dependencies.mapping import GUESSED, RECORDED, STATED, TABLE, Names

_BEST = (RECORDED, STATED, "Import-Name", "top_level.txt", TABLE, GUESSED)


@dataclass(frozen=True, slots=True)
class Account:
    """All uses of one distribution, and the best of the ways in which they were taken to be its."""

    name: str
    uses: tuple[Usage, ...] = ()
    basis: str = ""

    def runtime(self) -> tuple[Usage, ...]:
        """The uses of what runs in production, hints left out."""
        return tuple(use for use in self.uses if use.role.runs and use.strength is not Strength.HINT)

    def needed(self, *roles: Role) -> tuple[Usage, ...]:
        """The uses with one of the roles, any where none is given, without which the code fails."""
        return tuple(use for use in self.uses if use.strength is Strength.NEEDED and (not roles or use.role in roles))

    def elsewhere(self) -> tuple[Usage, ...]:
        """The uses of tests, documentation, type checkers and developers, hints too: production needs none of it."""
        return tuple(use for use in self.uses if not use.role.runs)

    def hints(self) -> tuple[Usage, ...]:
        """What only may be a use of production."""
        return tuple(use for use in self.uses if use.role.runs and use.strength is Strength.HINT)


def accounts(project: Project, usages: Iterable[Usage]) -> Mapping[str, Account]:
    """The account of each distribution that anything uses, by name."""
    names = Names(project)
    found: dict[str, dict[Usage, None]] = {}
    bases: dict[str, set[str]] = {}
    for usage in usages:
        mapped = names.of(usage)
        for name in mapped.names if mapped else ():
            found.setdefault(name, {})[usage] = None
            bases.setdefault(name, set()).add(mapped.basis if mapped else "")
    return {
        name: Account(name, tuple(sorted(uses, key=_order)), min(bases[name], key=_rank))
        for name, uses in found.items()
    }


def _rank(basis: str) -> int:
    return _BEST.index(basis) if basis in _BEST else len(_BEST)


def _order(usage: Usage) -> tuple[int, int, str, int]:
    """What says most first: what runs, what is needed, then by place."""
    strengths = tuple(Strength)
    return (tuple(Role).index(usage.role), strengths.index(usage.strength), usage.place.path, usage.place.line)
