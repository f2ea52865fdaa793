"""The bodies of model files that an edit writes again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.edits.bodies import PIECE


def untouched(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The files of the edit that no edit before it changed."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        changed = is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced
        if entry.kind is Kind.FILE and not changed:
            yield entry


def laid_out(stream: BinaryIO, path: Path) -> Path:
    """The body as a file; its name is the one that it has in the artifact, for readers know some formats by it."""
    with path.open("xb") as copy:
        shutil.copyfileobj(stream, copy, PIECE)
    return path
