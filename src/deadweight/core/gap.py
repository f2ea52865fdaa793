"""Not knowing, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, parsed, traced or run: which stage, where, and why."""

    stage: str
    where: str
    reason: str
