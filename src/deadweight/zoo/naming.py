"""Gives a version its name and number, and takes a name away: the only two things that change the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.zoo import Blob, Reference, Summary, Version
from deadweight.zoo.documents import index_entry, put_manifest
from deadweight.zoo.layout import check, index, put_index
from deadweight.zoo.locking import changing_index, shared
from deadweight.zoo.versions import version, versions


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new version is called and says of itself; no parent means the latest version of its name.

    `epoch` is when it was made, in seconds.
    """

    reference: Reference
    epoch: int
    parent: Reference | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def created(self) -> str:
        """When it was made (RFC 3339, UTC)."""
        return datetime.fromtimestamp(self.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_free(root: Path, wanted: Reference) -> None:
    """Raise UsageError where the version is there: versions never change."""
    if wanted.version and any(one.summary.reference == wanted for one in versions(root)):
        raise UsageError(
            f"{wanted} is there already, and versions never change",
            where=str(root),
            advice="Name another version, or none for the next number.",
        )


def name(root: Path, wanted: Reference, describe: Callable[[str, int], Summary], layers: Sequence[Blob]) -> Version:
    """Put a version into the index; `describe` gives the summary for the version and number that it gets.

    The name is looked up again, for another process may have taken it meanwhile.
    """
    with changing_index(root):
        check_free(root, wanted)
        before = [one.summary for one in versions(root) if one.summary.name == wanted.name]
        number = 1 + max((one.number for one in before), default=0)
        names = {one.version for one in before}
        label = wanted.version or next(str(free) for free in count(number) if str(free) not in names)
        named = put_manifest(root, describe(label, number), layers)
        put_index(root, [*index(root), index_entry(named)])
    return named


def forget(root: Path, wanted: Reference) -> Summary:
    """Take a version out of the index; its blobs stay until `gc`. Raises UsageError without a version."""
    check(root)
    if not wanted.version:
        raise UsageError(f"{wanted} names no version", where="zoo rm", advice=f"Write {wanted.name}:VERSION.")
    with shared(root), changing_index(root):
        gone = version(root, wanted)
        put_index(root, [one for one in index(root) if one.get("digest") != gone.manifest.digest])
    return gone.summary
