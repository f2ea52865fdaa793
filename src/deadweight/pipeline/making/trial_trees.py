"""Trees of links with some of the edits of a plan: made to be run, and thrown away."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.edits.applying import edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.formats.recognition import format_named
from deadweight.formats.trees.twin import link_tree, placed
from deadweight.pipeline.making.ground import Ground
from deadweight.sandbox.stand import Stand


@dataclass(slots=True)
class TrialTrees:
    """Where they are made, and of what. What edits came to together they come to alone: no two touch one path.

    `room` is an empty folder of ours, `changes` what all edits came to besides the swaps, `stand` the original's.
    """

    ground: Ground
    room: Path
    changes: Changes
    stand: Stand
    made: int = 0
    base: Path | None = None
    places: dict[str, str] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        """What the edits are made on."""
        return self.ground.scene

    @contextmanager
    def standing(self, edits: Sequence[Edit]) -> Iterator[Stand]:
        """A tree with these edits alone, where the original stood; it goes at the end."""
        self.made += 1
        corner = self.room / f"trial-{self.made}"
        corner.mkdir()
        try:
            base, tree = self._base(), corner / "tree"
            link_tree(base, placed(self._changes(edits, corner), self.places), tree)
            yield replace(self.stand, root=tree)
        finally:
            shutil.rmtree(corner, ignore_errors=True)

    def _base(self) -> Path:
        """The whole original, its swaps made, as a tree of ours: as it was unpacked, or a copy, for links change it."""
        if self.base is None:
            ours = not self.ground.swaps and self.stand.root.is_relative_to(self.room.parent)
            self.base = self.stand.root if ours else self._copied()
            self.places = _places(self.scene, self.changes)
        return self.base

    def _copied(self) -> Path:
        tree = self.room / "original"
        pack = format_named("directory").pack
        assert pack is not None, "trees can be written"
        pack(self.ground.original.artifact, self.ground.changes, tree, Packing())
        return tree

    def _changes(self, edits: Sequence[Edit], staging: Path) -> Changes:
        """What these edits came to, and every RECORD true of that."""
        paths = {path for edit in edits if edit.layer is None for path in edit.paths}
        part = Changes(
            self.changes.removed & paths,
            {path: staged for path, staged in self.changes.replaced.items() if path in paths},
            {path: link for path, link in self.changes.linked.items() if path in paths},
        )
        record = edit_kinds()["record"]
        for edit in follow_ups(self.scene, edits):
            part = part.merged(record.apply(edit, self.scene, part, staging))
        return part


def _places(scene: Scene, changes: Changes) -> dict[str, str]:
    """Where paths that lead through symbolic links really lie."""
    listing, found = scene.listing, {}
    targets = (link.target for link in changes.linked.values())
    for path in (*changes.removed, *changes.replaced, *changes.linked, *targets):
        directory = listing.resolve(posixpath.dirname(path))
        real = posixpath.join(directory, posixpath.basename(path)) if directory is not None else path
        if real != path:
            found[path] = real
    return found
