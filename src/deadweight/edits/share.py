"""Stores equal files once: the other paths become links to the one that stays."""

from __future__ import annotations

import posixpath
from pathlib import Path

from deadweight.core.changes import Changes, Link, Linking, is_removed
from deadweight.core.edit import Edit
from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind


def relative_target(path: str, target: str) -> str:
    """The text of a symbolic link at `path` that points at `target`, both plain paths of one root."""
    return posixpath.relpath("/" + target, "/" + posixpath.dirname(path))


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    target, linking = _arguments(edit)
    if target not in scene.listing or target in edit.paths or target in so_far.linked:
        raise UsageError(f"the plan shares {target!r}, which is not there to be shared", advice="Make the plan again.")
    if is_removed(target, so_far.removed):
        raise UsageError(
            f"the plan removes {target!r} and links {edit.paths[0]!r} to it",
            advice="Take one of the two edits out of the plan, or make the plan again.",
        )
    staying = [path for path in edit.paths if not is_removed(path, so_far.removed)]
    return Changes(linked={path: _link(path, target, linking) for path in staying})


def _arguments(edit: Edit) -> tuple[str, Linking]:
    try:
        return edit.arguments["target"], Linking(edit.arguments["linking"])
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"the edit that shares {edit.paths[0]!r} names no target or no way of linking: {error}",
            advice='Its arguments are "target", a path, and "linking", "hard link" or "symbolic link".',
        ) from error


def _link(path: str, target: str, linking: Linking) -> Link:
    text = relative_target(path, target) if linking is Linking.SYMBOLIC else ""
    return Link(target, linking, text)


EDIT: EditKind = EditKind("share", "stores equal files once, the others as links", 20, frozenset(), _apply)
