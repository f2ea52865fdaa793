"""What the graph of requirements is made of: its nodes, and who demands what of whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a node stands for."""

    ROOT = "root"
    REQUIREMENT = "requirement"
    ASK = "ask"
    DISTRIBUTION = "distribution"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """One node: of `name` all that asks for it from outside (requirement), one such place (ask), itself, or its extra.

    `name` is normalised. `part` is the extra's name; for an ask, its number among those of the name.
    """

    kind: Kind
    name: str = ""
    part: str = ""

    def __str__(self) -> str:
        return f"{self.name}[{self.part}]" if self.kind is Kind.EXTRA else self.name or "the project"


ROOT = Node(Kind.ROOT)


@dataclass(frozen=True, slots=True)
class Demand:
    """One node demands another, in the words of the requirement (PEP 508); empty where the graph itself says so."""

    by: Node
    on: Node
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One distribution that can be demanded: what it has on disk and what is to be downloaded, None for not known."""

    name: str
    version: str
    size: int | None = None
    download: int | None = None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One requirement from outside: its text, the extra or group it stands in (empty: the core), where it stands.

    `said` is for a person: the place, or "asked for by name".
    """

    name: str
    requirement: str
    group: str = ""
    said: str = ""
