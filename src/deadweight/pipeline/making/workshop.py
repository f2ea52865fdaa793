"""A room in which a plan is made true as often as it takes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.proof import Proof
from deadweight.core.scene import Scene
from deadweight.core.seams import Format
from deadweight.edits.tripwire import KIND as TRIPWIRE
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.opening import Sight, open_scene
from deadweight.pipeline.proving import Baseline, Proving, compare
from deadweight.pipeline.standing import stand_for


@dataclass(frozen=True, slots=True)
class Packed:
    """One result, not yet in place: the edits it was made with and what they came to.

    `later` is what they came to without the swaps, on what these had made.
    """

    edits: tuple[Edit, ...]
    path: Path
    changes: Changes
    later: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every trial needs: the original, how to look, where to go, and a room of its own."""

    ground: Ground
    sight: Sight
    output: Output
    room: Path
    target: Format

    @property
    def scene(self) -> Scene:
        """The original."""
        return self.ground.original

    def make(self, edits: Sequence[Edit], name: str) -> Packed:
        """Pack the original with the edits made into a corner of the room."""
        corner = self.room / name
        staging = corner / "staging"
        staging.mkdir(parents=True)
        later, changes = self.ground.made(edits, staging)
        made = corner / self.output.path.name
        pack = self.target.pack
        assert pack is not None, "checked when the target was chosen"
        pack(self.scene.artifact, changes, made, replace(self.output.packing, note=self.scene.note))
        return Packed(tuple(edits), made, changes, later)

    def make_again(self, kept: Sequence[Edit], before: Packed, name: str) -> Packed:
        """Pack it with some of the edits of an earlier result, and with the edits that follow from these."""
        tripped = any(edit.kind == TRIPWIRE for edit in before.edits)
        return self.make(self.ground.followed(kept, tripwire=tripped), name)

    def prove(self, packed: Packed, known: Baseline, proving: Proving) -> Proof:
        """Run the packed result and compare it with the original."""
        artifact = open_scene(packed.path, self.sight).artifact
        stand = stand_for(artifact, packed.path.parent, Path(self.scene.artifact.location).absolute())
        return compare(known, stand, proving)


def remove(path: Path) -> None:
    """Take away a packed result, file or tree."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
