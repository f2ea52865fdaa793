"""All that an artifact stores, in three parts that add up to its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.entry import Entry
from deadweight.core.errors import Corrupt


class Cause(StrEnum):
    """Why an entry that is stored in a lower layer is not seen."""

    OVERWRITTEN = "overwritten"
    COPIED = "copied by a chown or chmod"
    REMOVED_FILE = "file removed by a later layer"
    REMOVED_DIRECTORY = "directory removed by a later layer"
    OPAQUE = "directory replaced by a later layer"


@dataclass(frozen=True, slots=True)
class Shadow:
    """An entry that is stored and never seen, why, and the layer that hides it."""

    entry: Entry
    cause: Cause
    by: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """All entries: `visible` sorted by path, `shadowed` by layer, and `overhead` in bytes by its cause.

    Law: stored bytes of visible + stored bytes of shadowed + overhead = `total`, the bytes of the artifact. An
    inventory that breaks it raises Corrupt.
    """

    visible: tuple[Entry, ...]
    shadowed: tuple[Shadow, ...]
    overhead: Mapping[str, int]
    total: int

    def __post_init__(self) -> None:
        counted = self.visible_bytes + self.shadowed_bytes + self.overhead_bytes
        if counted != self.total or any(size < 0 for size in self.overhead.values()):
            raise Corrupt(
                f"the parts add up to {counted} bytes and the artifact has {self.total}",
                advice="This is a fault of deadweight: please report it with the artifact.",
            )

    @property
    def visible_bytes(self) -> int:
        """Stored bytes of what is seen."""
        return sum(entry.stored for entry in self.visible)

    @property
    def shadowed_bytes(self) -> int:
        """Stored bytes of what is hidden by a higher layer."""
        return sum(shadow.entry.stored for shadow in self.shadowed)

    @property
    def overhead_bytes(self) -> int:
        """Headers, padding, metadata."""
        return sum(self.overhead.values())

    @property
    def unpacked_bytes(self) -> int:
        """What the visible files take once unpacked, in bytes."""
        return sum(entry.size for entry in self.visible)
