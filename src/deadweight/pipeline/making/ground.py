"""What edits are judged and made on: an artifact as it was opened, or as it is once its swaps are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.successive_changes import in_turn
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.following import following


@dataclass(frozen=True, slots=True)
class Ground:
    """What edits are judged and made on.

    `scene` is the original with the swaps made, which came to `changes`; without swaps it is the original. `findings`
    are those that asked for them.
    """

    original: Scene
    scene: Scene
    swaps: tuple[Edit, ...] = ()
    changes: Changes = field(default_factory=Changes)
    findings: tuple[Finding, ...] = ()

    def made(self, edits: Sequence[Edit], staging: Path) -> tuple[Changes, Changes]:
        """What the edits come to besides the swaps, and what they come to with them on the original."""
        later = apply_all([edit for edit in edits if edit not in self.swaps], self.scene, edit_kinds(), staging)
        if not self.swaps:
            return later, later
        listing = self.original.listing
        return later, in_turn(self.changes, later, lambda path: path in listing or path in listing.directories)

    def followed(self, edits: Sequence[Edit], *, tripwire: bool) -> tuple[Edit, ...]:
        """The swaps, the edits, and those that follow from them."""
        later = [edit for edit in edits if edit not in self.swaps]
        return (*self.swaps, *later, *following(self.scene, later, tripwire=tripwire))


def ground_of(scene: Scene) -> Ground:
    """The ground of an artifact of which nothing is swapped."""
    return Ground(scene, scene)
