"""Stores parts: one that is known is not stored again, a new one goes into a blob of its own or, small, with others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.zoo import Blob, Part
from deadweight.zoo.choosing import coded
from deadweight.zoo.known import Known
from deadweight.zoo.layout import put
from deadweight.zoo.reading import DEEPEST, Parts, digest_of

SMALL = 1 << 16
"""Coded parts under 64 KiB share a blob: a registry asks once for each."""
_FULL = 8 << 20


@dataclass(slots=True)
class Writer:
    """The parts of a version as they are stored; `small` is below how many coded bytes parts share a blob.

    `used` are the digests of the version's parts in the order in which they were first needed, with their index.
    """

    root: Path
    known: Known
    small: int = SMALL
    used: dict[str, int] = field(default_factory=dict)
    fresh: int = 0
    _waiting: list[tuple[Part, bytes]] = field(default_factory=list)
    _waits: int = 0

    def take(self, body: bytes, width: int, base: Part | None = None) -> int:
        """Store a part, as a difference to the base where that is smaller; gives its index in the version."""
        digest = digest_of(body)
        if digest not in self.used:
            if digest not in self.known.parts:
                self._store(digest, body, width, base)
            self.used[digest] = len(self.used)
        return self.used[digest]

    def finish(self) -> tuple[tuple[Part, ...], tuple[Blob, ...]]:
        """All parts of the version with those that they are differences to, and the blobs that hold them."""
        self._flush()
        digests = self.known.with_bases(self.used)
        return tuple(self.known.parts[digest] for digest in digests), self.known.blobs(digests)

    def _store(self, digest: str, body: bytes, width: int, base: Part | None) -> None:
        near = self._near(base, len(body))
        made = coded(body, width, None if near is None else Parts(self.root, self.known.parts).body(near.digest))
        of = near.digest if near is not None and made.form.has_base else ""
        part = Part(digest, len(body), "", 0, len(made.body), made.form.coding, made.form.width, of)
        self.fresh += len(made.body)
        if len(made.body) >= self.small:
            self._place([(part, made.body)])
            return
        self.known.parts[digest] = part
        self._waiting.append((part, made.body))
        self._waits += len(made.body)
        if self._waits >= _FULL:
            self._flush()

    def _near(self, base: Part | None, size: int) -> Part | None:
        """The base, or the nearest that it is itself made from, whose chain is short enough for one more."""
        if base is None or base.size != size or base.digest not in self.known.parts:
            return None
        near, parts = self.known.parts[base.digest], Parts(self.root, self.known.parts)
        while parts.depth(near.digest) >= DEEPEST:
            near = self.known.parts[near.base]
        return near if near.blob else None

    def _flush(self) -> None:
        if self._waiting:
            self._place(self._waiting)
        self._waiting, self._waits = [], 0

    def _place(self, together: list[tuple[Part, bytes]]) -> None:
        """One blob of all these, one after the other."""
        blob = put(self.root, b"".join(body for _, body in together))
        self.known.sizes[blob.digest] = blob.size
        at = 0
        for part, body in together:
            self.known.parts[part.digest] = _placed(part, blob.digest, at)
            at += len(body)


def _placed(part: Part, blob: str, offset: int) -> Part:
    return Part(part.digest, part.size, blob, offset, part.length, part.coding, part.width, part.base)


def small_limit(sizes: list[int], most: int = 4096) -> int:
    """Below how many bytes parts share a blob, so that at most so many have one of their own: manifests have an end."""
    limit = SMALL
    while sum(size >= limit for size in sizes) > most:
        limit *= 2
    return limit
