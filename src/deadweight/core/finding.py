"""What a rule found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.edit import Edit, Safety


class Confidence(StrEnum):
    """How sure the rule is of what it says."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, and where it was read."""

    says: str
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: whose, which paths, on what evidence, and the edits that would mend it.

    `size` is the unpacked and `stored` the stored bytes that would go, both estimates until the result is packed;
    hard links and copies count once. The safety of the finding is that of its weakest edit.
    """

    rule: str
    owner: str
    says: str
    paths: tuple[str, ...]
    size: int
    stored: int
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.rule}: a finding without evidence")
        if not self.paths:
            raise ValueError(f"{self.rule}: a finding without paths")

    @property
    def safety(self) -> Safety:
        """The safety of the weakest edit; `suggested` where there is none."""
        order = list(Safety)
        return max((edit.safety for edit in self.edits), key=order.index, default=Safety.SUGGESTED)

    @property
    def fingerprint(self) -> str:
        """16 hex digits, the same in the next build: rule, owner and first path, no version and no size."""
        named = "\0".join((self.rule, self.owner.rsplit(" ", 1)[0], self.paths[0]))
        return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:16]
