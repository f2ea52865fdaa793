"""The edits that follow from those of a plan: what records say stays true, and what is gone says so."""

from __future__ import annotations

from collections.abc import Sequence

from deadweight.core.edit import Edit
from deadweight.core.scene import Scene
from deadweight.edits.package_records import package_follow_ups
from deadweight.edits.record import follow_ups
from deadweight.edits.tripwire import tripwires


def following(scene: Scene, edits: Sequence[Edit], *, tripwire: bool) -> tuple[Edit, ...]:
    """RECORDs of touched distributions, databases of removed packages, and tripwires where they are wanted."""
    wires = tripwires(scene, edits) if tripwire else ()
    return (*follow_ups(scene, edits), *package_follow_ups(scene, edits), *wires)
