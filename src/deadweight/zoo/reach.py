"""Which blobs the index reaches: those of our versions, and those of whatever else another program put there."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.zoo.documents import Named, manifest_of, named
from deadweight.zoo.layout import blob_path, index

_DEEPEST = 8


def needed(root: Path) -> dict[str, int]:
    """Every blob that must stay, with its size; raises Corrupt where that cannot be told, and nothing may go then."""
    found: dict[str, int] = {}
    for entry in index(root):
        _follow(root, named(entry, root), found, 0)
    return found


def _follow(root: Path, one: Named, found: dict[str, int], depth: int) -> None:
    """A manifest leads on, a blob of one does not; below the index, what is not there leads nowhere (image-spec)."""
    if depth > _DEEPEST:
        raise Corrupt("indexes within indexes have no end", where=str(root))
    found[one.digest] = one.size
    if depth == 0 or (one.leads_on and blob_path(root, one.digest).is_file()):
        manifest = manifest_of(root, one)
        for below in manifest.all_named:
            _follow(root, below, found, depth + 1)
