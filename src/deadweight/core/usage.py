"""One place where a project uses something that it may have to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.requirement import Place, Role


class Strength(StrEnum):
    """How much a use says: `needed` to run as written, `optional` where the code goes on without, `hint` no more."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Usage:
    """One use: just one of `module` (dotted), `distribution` (normalised) and `command` (a program's name) is stated.

    `says` is a sentence's end for a person: "is imported", "is the engine of pandas.read_excel". `role` is what the
    place that uses it is for; `evidence` the name of the kind of evidence. A hint keeps a requirement from being called
    unused and never makes one undeclared.
    """

    says: str
    place: Place
    evidence: str
    role: Role = Role.CORE
    strength: Strength = Strength.NEEDED
    module: str = ""
    distribution: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.module, self.distribution, self.command))) != 1:
            raise ValueError("a use names a module, a distribution or a command, and just one of them")

    @property
    def subject(self) -> str:
        """What is used, as it is spelled."""
        return self.module or self.distribution or self.command
