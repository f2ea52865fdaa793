"""What several distributions come to, on disk and to download, and of how many of them that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deadweight.dependencies.node import Part


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes on disk and to download of `parts` distributions; `unsized` and `unfetched` of them tell nothing of it."""

    installed: int = 0
    download: int = 0
    parts: int = 0
    unsized: int = 0
    unfetched: int = 0

    def __add__(self, other: Bytes) -> Bytes:
        return Bytes(
            self.installed + other.installed,
            self.download + other.download,
            self.parts + other.parts,
            self.unsized + other.unsized,
            self.unfetched + other.unfetched,
        )

    @property
    def knows_installed(self) -> bool:
        """Whether anything is known of the bytes on disk."""
        return self.unsized < self.parts or not self.parts

    @property
    def knows_download(self) -> bool:
        """Whether anything is known of the bytes to download."""
        return self.unfetched < self.parts or not self.parts

    @property
    def weight(self) -> int:
        """What it is ordered by: the bytes on disk, or those to download where only these are known."""
        return self.installed or self.download


def bytes_of(parts: Iterable[Part]) -> Bytes:
    """What the parts come to."""
    known = tuple(parts)
    return Bytes(
        sum(one.size or 0 for one in known),
        sum(one.download or 0 for one in known),
        len(known),
        sum(one.size is None for one in known),
        sum(one.download is None for one in known),
    )
