"""How far cutting goes, each level with its promise."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How far cutting goes, least first."""

    SAFE = "safe"
    BALANCED = "balanced"
    TIGHT = "tight"

    @property
    def promise(self) -> str:
        """What a person can rely on."""
        return _PROMISES[self]

    def reaches(self, other: Level) -> bool:
        """Whether it goes at least as far as the other."""
        order = list(Level)
        return order.index(self) >= order.index(other)


_PROMISES = {
    Level.SAFE: "rules only: what no program reads",
    Level.BALANCED: "also whole distributions and system packages that nothing reaches; what is reached stays whole "
    "but for its tests, documentation, stubs and the like",
    Level.TIGHT: "also modules, native libraries and system files that nothing reaches inside of what is reached; "
    "the application's own files stay",
}
