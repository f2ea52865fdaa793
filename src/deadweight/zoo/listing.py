"""The versions of a zoo with what they take, what they share, and what nothing needs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from deadweight.core.zoo_report import ListedVersion, ZooListing
from deadweight.zoo.layout import check, stored
from deadweight.zoo.locking import shared
from deadweight.zoo.reach import needed
from deadweight.zoo.versions import versions


def listing(root: Path, name: str = "") -> ZooListing:
    """Every version, or those of a name; what the store takes is told of the whole."""
    check(root)
    with shared(root):
        known = versions(root)
        wanted = needed(root)
        sizes = {digest: status.st_size for digest, status in stored(root)}
    users = Counter(digest for one in known for digest in {blob.digest for blob in one.blobs})
    rows = []
    for one in known:
        blobs = {blob.digest: blob.size for blob in one.blobs}
        own = sum(size for digest, size in blobs.items() if users[digest] == 1)
        rows.append(ListedVersion(one.summary, one.manifest.digest, sum(blobs.values()), own))
    return ZooListing(
        place=str(root),
        versions=tuple(row for row in rows if name in ("", row.version.name)),
        logical=sum(one.summary.size for one in known),
        stored=sum(sizes.values()),
        unreferenced=sum(size for digest, size in sizes.items() if digest not in wanted),
    )
