"""Results that are only tried: trees of links with some of the edits, run and compared, and thrown away."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.probe import ProbeKind
from deadweight.core.proof import Comparison, Proof, Undone
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.edits.applying import edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.facts.hard_imports import MODULE_PATHS
from deadweight.formats.recognition import format_named
from deadweight.formats.trees.twin import link_tree, placed
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.making.narrowing import Said, narrowed, said_by, spares_program
from deadweight.pipeline.proving import Baseline, Proving, compare
from deadweight.proof.bisect import Blame, find_culprits
from deadweight.proof.suspects import of_its_kind, suspects
from deadweight.sandbox.stand import Stand

MOST_TRIALS = 40


def culprits(
    ground: Ground, room: Path, made: tuple[Sequence[Edit], Changes], failed: tuple[Baseline, Proving, Proof]
) -> tuple[tuple[Edit, ...], tuple[Undone, ...]]:
    """Which of the edits made break what failed: those kept and those undone, the probes that failed asked alone.

    `room` is an empty folder of ours; the changes are what the edits came to besides the swaps, their staged files
    still there. Swaps are made in every trial.
    """
    edits, changes = made
    scene = ground.scene
    known, proving, proof = failed
    asked = narrowed(known, proof, proving)
    swept = all(probe.kind is not ProbeKind.REQUEST for probe in asked.probes) and spares_program(proof, asked)
    trials = _Trials(
        ground, room, changes, asked, replace(proving, start=None) if swept else proving, said_by(proof.after)
    )
    scene.progress.start("finding what broke it", 0, "trials")
    found = find_culprits(
        [edit for edit in edits if edit.rule and edit not in ground.swaps],
        trials,
        MOST_TRIALS,
        Blame(trials.suspected, of_its_kind),
    )
    scene.progress.finish()
    return found


@dataclass(slots=True)
class _Trials:
    """Trees with some of the edits. What edits came to together they come to alone: no two touch one path."""

    ground: Ground
    room: Path
    changes: Changes
    known: Baseline
    proving: Proving
    said: Said
    made: int = 0
    base: Path | None = None
    places: dict[str, str] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        """What the edits are made on."""
        return self.ground.scene

    def __call__(self, edits: Sequence[Edit]) -> Comparison | None:
        """The first difference of a result with these edits alone."""
        self.made += 1
        corner = self.room / f"trial-{self.made}"
        corner.mkdir()
        try:
            proof = compare(self.known, self._stand(edits, corner), self.proving)
        finally:
            shutil.rmtree(corner, ignore_errors=True)
        self.said = said_by(proof.after)
        self.scene.progress.advance(1)
        return proof.first_difference

    def suspected(self, found: Comparison, edits: Sequence[Edit]) -> Sequence[Edit]:
        """The edits that the difference and the sweeps of the last trial name, else those that its log does."""
        listing, modules = self.scene.listing, self.scene.ask(MODULE_PATHS)
        near = "\n".join((*self.said.swept, found.difference))
        return suspects(near, edits, listing, modules) or suspects(self.said.log, edits, listing, modules)

    def _stand(self, edits: Sequence[Edit], corner: Path) -> Stand:
        assert self.known.stand is not None, "the original stood somewhere"
        base, tree = self._base(), corner / "tree"
        link_tree(base, placed(self._changes(edits, corner), self.places), tree)
        return replace(self.known.stand, root=tree)

    def _base(self) -> Path:
        """The whole original, its swaps made, as a tree of ours: as it was unpacked, or a copy, for links change it."""
        if self.base is None:
            standing = None if self.ground.swaps else self.known.stand
            ours = standing is not None and standing.root.is_relative_to(self.room.parent)
            self.base = standing.root if standing is not None and ours else self._copied()
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
