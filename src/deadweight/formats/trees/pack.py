"""Packs an artifact of any format as a tree."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.edit import Storage
from deadweight.core.errors import UsageError
from deadweight.core.seams import Packing
from deadweight.formats.output import whole_directory
from deadweight.formats.trees.unread import refuse_unread
from deadweight.formats.trees.writer import write_tree

TREE_STORES = frozenset({Storage.HARDLINKS, Storage.SYMLINKS, Storage.MODES, Storage.TIMES, Storage.XATTRS})

TREE_SOURCES = frozenset(
    {
        "directory",
        "virtual-environment",
        "project",
        "wheel",
        "sdist",
        "zip",
        "tar",
        "docker-archive",
        "oci-layout",
        "oci-archive",
        "composed",
    }
)


def pack_tree(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact with the changes made as a directory that does not exist yet, whole or not at all.

    What the system did not let it keep goes to `packing.note`. Raises Lacking where a part of the artifact could not
    be read: the copy would be without it, UsageError where a codec is asked for.
    """
    if packing.codec:
        raise UsageError(
            f"a directory is not packed with {packing.codec}",
            where=str(out),
            advice="Leave --codec out, or write an archive: --to tar, zip or oci-layout.",
        )
    refuse_unread(artifact)
    with whole_directory(out) as root:
        for gap in write_tree(artifact, changes, root, packing):
            packing.note(gap)
