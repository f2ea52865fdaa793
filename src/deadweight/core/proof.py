"""The observations before and after, and what they prove."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.edit import Edit
from deadweight.core.probe import RunRecord


class Verdict(StrEnum):
    """What a probe, or all of them, came to. UNSTABLE differs from itself before any edit and proves nothing."""

    SAME = "same"
    DIFFERENT = "different"
    UNSTABLE = "unstable"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One probe before and after; `difference` is the first one found, in words, empty for SAME.

    `made` is whether deadweight asked it by itself.
    """

    probe: str
    verdict: Verdict
    difference: str = ""
    made: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """An edit that broke a probe and was taken out again."""

    edit: Edit
    probe: str
    difference: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The runs before and after, compared probe by probe.

    The verdict is DIFFERENT where any probe is, NOT_RUN where none ran or the program could not be run, UNSTABLE
    where nothing but unstable probes is left (of those that a person gave, if any was given), else SAME.
    `unproven` are sentences on what was not compared, and why.
    """

    comparisons: tuple[Comparison, ...]
    before: RunRecord | None = None
    after: RunRecord | None = None
    undone: tuple[Undone, ...] = ()
    why_not_run: str = ""
    unproven: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What all probes together came to."""
        verdicts = {comparison.verdict for comparison in self.comparisons}
        for verdict in (Verdict.DIFFERENT, Verdict.NOT_RUN):
            if verdict in verdicts:
                return verdict
        given = [comparison for comparison in self.comparisons if not comparison.made]
        if any(comparison.verdict is Verdict.SAME for comparison in given or self.comparisons):
            return Verdict.SAME
        return Verdict.UNSTABLE if verdicts else Verdict.NOT_RUN

    @property
    def first_difference(self) -> Comparison | None:
        """The first probe that came out different."""
        different = (one for one in self.comparisons if one.verdict is Verdict.DIFFERENT)
        return next(different, None)


NO_PROOF = Proof((), why_not_run="no command and no probe was given")
