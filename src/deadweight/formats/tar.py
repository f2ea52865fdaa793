"""A tar archive, plain or packed with gzip, xz, bzip2 or zstd."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.edit import Storage
from deadweight.core.seams import Format, Opening, Packing
from deadweight.formats.images.shaping import flat_members
from deadweight.formats.tars.archive import open_tar
from deadweight.formats.tars.peeking import is_tar
from deadweight.formats.tars.writer import pack_members, pack_tar
from deadweight.formats.trees.unread import refuse_unread

TAR_STORES = frozenset({Storage.HARDLINKS, Storage.SYMLINKS, Storage.MODES, Storage.TIMES, Storage.XATTRS})
_SOURCES = ("tar", "sdist", "directory", "virtual-environment", "project", "zip", "wheel")
_FLATTENED = ("docker-archive", "oci-layout", "oci-archive", "composed")


def open_archive(path: Path, opening: Opening) -> Artifact:
    """The tar with every body hashed in one pass."""
    return open_tar(path, opening, "tar")


def pack_archive(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact with the changes made as one tar; Lacking where a part of it could not be read.

    An image becomes the tar of its root file system, as `docker export` gives it.
    """
    refuse_unread(artifact)
    if artifact.blobs is None:
        pack_tar(artifact, changes, out, packing)
    else:
        pack_members(artifact, flat_members(artifact, artifact.blobs, changes), out, packing)


FORMAT: Format = Format(
    name="tar",
    summary="a tar archive, plain or compressed",
    rank=90,
    recognise=is_tar,
    open=open_archive,
    stores=TAR_STORES,
    packs=frozenset((*_SOURCES, *_FLATTENED)),
    pack=pack_archive,
)
