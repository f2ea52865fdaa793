"""What is wrong with a project's requirements, one verdict each, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.requirement import Place
from deadweight.core.usage import Usage


class Fault(StrEnum):
    """What a verdict says of a requirement."""

    UNDECLARED = "undeclared"
    TRANSITIVE = "transitive"
    UNUSED = "unused"
    MISPLACED = "misplaced"
    CONFLICTING = "conflicting"
    UNMET = "unmet"
    ALARMING = "alarming"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that is wrong: `name` is the distribution's, normalised; `says` one sentence; `advice` what to do.

    `uses` are the evidence, `places` where it is declared (or would be), `basis` how a module was taken to be of the
    distribution: recorded, wheel, Import-Name, table, guessed. `size` are the bytes that dropping it frees, where
    known. `is_sure` is whether `fix` may act on it without being told to.
    """

    fault: Fault
    name: str
    says: str
    advice: str
    places: tuple[Place, ...] = ()
    uses: tuple[Usage, ...] = ()
    basis: str = ""
    size: int | None = None
    is_sure: bool = True
