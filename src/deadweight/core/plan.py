"""The edits to make, and those left out with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.edit import Edit
from deadweight.core.errors import UsageError

PLAN_SCHEMA = 1
_BEFORE_OTHERS = frozenset(("swap", "record"))
"""What a swap lays is judged by itself and can be edited in turn; a RECORD is made true after each."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An edit that is not made, and why."""

    edit: Edit
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits to make, made for one digest; no path is edited twice, and applying decides nothing.

    What a swap lays can be edited by others behind it. `estimate` is in unpacked bytes; what was saved is measured on
    the packed result.
    """

    artifact: str
    format: str
    edits: tuple[Edit, ...]
    left_out: tuple[LeftOut, ...] = ()
    estimate: int = 0
    schema: int = PLAN_SCHEMA

    def __post_init__(self) -> None:
        edited: dict[int | None, set[str]] = {}
        for edit in self.edits:
            if edit.kind in _BEFORE_OTHERS:
                continue
            seen = edited.setdefault(edit.layer, set())
            twice = seen.intersection(edit.paths)
            if twice:
                raise UsageError(f"the plan edits {min(twice)!r} twice", advice="Make the plan again.")
            seen.update(edit.paths)

    def bound_to(self, digest: str) -> Plan:
        """This plan, where it was made for the digest; any other raises UsageError."""
        if self.artifact != digest:
            raise UsageError(
                f"the plan was made for {self.artifact}, this artifact is {digest}",
                advice="Make a plan for this artifact: deadweight plan TARGET -o plan.json",
            )
        return self
