"""What came of splitting a project's requirements: the lists with their locks, and what they weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.gap import Gap
from deadweight.core.proof import Proof
from deadweight.dependencies.splitting import Split


@dataclass(frozen=True, slots=True)
class Weighed:
    """One list as locked: how many exact versions it comes to, bytes to download and, where known, on disk."""

    name: str
    asked: int
    versions: int
    download: int | None
    installed: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A requirement that the proof found missing and that was put back into the core, with the module it was for."""

    name: str
    module: str
    probe: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The core list in a fresh environment beside the whole one: the proof, and the bytes of both."""

    proof: Proof
    before: int
    after: int
    returned: tuple[Returned, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitOutcome:
    """The lists, their weights, the files by name and whether they are written, and what is not known."""

    out: str
    split: Split
    weights: tuple[Weighed, ...]
    files: Mapping[str, str]
    written: bool = False
    whole: Weighed | None = None
    trial: Trial | None = None
    gaps: tuple[Gap, ...] = ()
