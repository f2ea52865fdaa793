"""Who an entry belongs to, and how that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from deadweight.core.gap import Gap


class OwnerKind(StrEnum):
    """The kinds of owner, most specific first: of two claims of one basis the earlier kind wins."""

    DISTRIBUTION = "python distribution"
    OS_PACKAGE = "os package"
    CONDA = "conda package"
    NPM = "npm package"
    MODEL = "model"
    VERSION_CONTROL = "version control"
    CACHE = "cache"
    INTERPRETER = "interpreter"
    ENVIRONMENT = "virtual environment"
    APPLICATION = "application"
    NOBODY = "nobody"


class Basis(IntEnum):
    """How a claim is known: a record that names the path, its place, or its looks."""

    GUESSED = 1
    LOCATED = 2
    RECORDED = 3


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an entry belongs to; `name` is normalised as its ecosystem does it."""

    kind: OwnerKind
    name: str
    version: str = ""

    def __hash__(self) -> int:
        return hash(self.name)  # looked up for each of 100 000 entries, and the name tells nearly all apart

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


NOBODY = Owner(OwnerKind.NOBODY, "nobody")


@dataclass(frozen=True, slots=True)
class Claim:
    """That an owner has these visible paths, on this basis, as read at `source`."""

    owner: Owner
    basis: Basis
    paths: Collection[str]
    source: str


@dataclass(frozen=True, slots=True)
class Contest:
    """A path that several owners claim on the same, highest basis, winner first.

    Places lie in one another by nature, a model in a cache, an environment in an application: there the more
    specific kind has it and nothing is contested. Records that disagree are, and owners of one kind.
    """

    path: str
    owners: tuple[Owner, ...]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Exactly one owner for each visible path; a path that is not in `owners` is NOBODY's.

    `gaps` are the databases that could not be read.
    """

    owners: Mapping[str, Owner]
    sources: Mapping[Owner, str]
    contests: tuple[Contest, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def of(self, path: str) -> Owner:
        """Who the path belongs to."""
        return self.owners.get(path, NOBODY)


_KIND_ORDER = MappingProxyType({kind: place for place, kind in enumerate(OwnerKind)})


def settle(claims: Iterable[Claim]) -> Ownership:
    """Give each claimed path to one owner: the highest basis, then the most specific kind, then the first name."""
    ordered = sorted(claims, key=lambda claim: (-claim.basis, _KIND_ORDER[claim.owner.kind], str(claim.owner)))
    winners: dict[str, Claim] = {}
    rivals: dict[str, list[Owner]] = {}
    for claim in ordered:
        for path in claim.paths:
            winner = winners.setdefault(path, claim)
            if winner is not claim and _disagree(winner, claim):
                rivals.setdefault(path, [winner.owner]).append(claim.owner)
    contests = tuple(Contest(path, tuple(dict.fromkeys(named))) for path, named in sorted(rivals.items()))
    sources = {claim.owner: claim.source for claim in reversed(ordered)}
    return Ownership({path: claim.owner for path, claim in winners.items()}, sources, contests)


def _disagree(winner: Claim, claim: Claim) -> bool:
    if winner.basis is not claim.basis or winner.owner == claim.owner:
        return False
    return claim.basis is Basis.RECORDED or winner.owner.kind is claim.owner.kind
