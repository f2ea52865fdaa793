"""One whole run as one value: the only thing that the report writers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deadweight.core.finding import Finding
from deadweight.core.gap import Gap
from deadweight.core.layers import Layer
from deadweight.core.plan import Plan
from deadweight.core.proof import Proof

REPORT_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Share:
    """What one owner has: files, unpacked bytes of what is seen, and stored bytes of what is seen and hidden."""

    owner: str
    kind: str
    files: int
    size: int
    stored: int
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Composition:
    """How an artifact's bytes add up: visible + shadowed + overhead = total, all stored bytes.

    `unpacked` is what the visible files take unpacked; `dead` the shadowed bytes by cause; `owners` sorted by
    unpacked bytes, most first, their stored and hidden bytes adding up to visible + shadowed.
    """

    location: str
    format: str
    digest: str
    total: int
    visible: int
    shadowed: int
    overhead: int
    unpacked: int
    entries: int
    owners: tuple[Share, ...]
    dead: Mapping[str, int] = field(default_factory=dict)
    overheads: Mapping[str, int] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    contested: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """One step of the waterfall: what a rule or an edit kind took away, measured on the packed result, unpacked.

    `stored` is what the same entries store less: the only gain where bytes become zeros and stay.
    """

    cause: str
    files: int
    size: int
    stored: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """The bytes that a registry sends for an image, before and after, to one who has the layers of `base`.

    `base` is where that image lies, empty for one who has nothing.
    """

    before: int
    after: int
    base: str = ""


@dataclass(frozen=True, slots=True)
class CoarserModel:
    """A model file that was written with coarser weights: what was done, and its bytes, unpacked and stored.

    `gate` is what the gate said, a sentence a task; none where only the running program was asked. Files of tensors
    keep their unpacked bytes: it is what stores them that shrinks.
    """

    path: str
    says: str
    before: int
    after: int
    stored_before: int
    stored_after: int
    gate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One arrow of the pipeline and the seconds it took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One whole run. `after`, `cuts` and `proof` are there once something was made.

    `shapes` are the bytes to pull of each shape of the image, by one who has the base that was stated. `models` are
    those that were squeezed in place.
    """

    version: str
    before: Composition
    findings: tuple[Finding, ...] = ()
    plan: Plan | None = None
    after: Composition | None = None
    companion: str = ""
    cuts: tuple[Cut, ...] = ()
    proof: Proof | None = None
    gaps: tuple[Gap, ...] = ()
    stages: tuple[Stage, ...] = ()
    over_budget: tuple[str, ...] = ()
    pulls: tuple[Pull, ...] = ()
    shapes: Mapping[str, int] = field(default_factory=dict)
    models: tuple[CoarserModel, ...] = ()
    schema: int = REPORT_SCHEMA
