"""Makes the edits of a plan, kind by kind: what they come to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.errors import UsageError
from deadweight.core.plugins import found, named
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind


def edit_kinds() -> Mapping[str, EditKind]:
    """All kinds of edit by name, ours and those of third parties."""
    return named(found("deadweight.edits", "EDIT", EditKind))


def apply_all(edits: Sequence[Edit], scene: Scene, kinds: Mapping[str, EditKind], staging: Path) -> Changes:
    """What the edits come to, made in the order of their kinds, new content staged in an existing folder.

    Raises UsageError where an edit is of no known kind or names a path that is not there.
    """
    _check(edits, scene, kinds)
    changes = Changes()
    scene.progress.start("applying", len(edits), "edits")
    for edit in sorted(edits, key=lambda one: (kinds[one.kind].order, one.kind)):
        changes = changes.merged(kinds[edit.kind].apply(edit, scene, changes, staging))
        scene.progress.advance(1)
    scene.progress.finish()
    return changes


def _check(edits: Iterable[Edit], scene: Scene, kinds: Mapping[str, EditKind]) -> None:
    hidden = {(shadow.entry.layer, shadow.entry.path) for shadow in scene.artifact.inventory.shadowed}
    for edit in edits:
        if edit.kind not in kinds:
            known = ", ".join(sorted(kinds))
            raise UsageError(f"the plan has an edit of the kind {edit.kind!r}", advice=f"Kinds are: {known}.")
        for path in edit.paths:
            there = _is_there(scene, path) if edit.layer is None else (edit.layer, path) in hidden
            if not there:
                place = "" if edit.layer is None else f" in layer {edit.layer}"
                raise UsageError(f"the plan names {path!r}, which is not there{place}", advice="Make the plan again.")


def _is_there(scene: Scene, path: str) -> bool:
    """Whether the path is seen; a directory that holds something need not be stored by itself."""
    return path in scene.listing or path in scene.listing.directories
