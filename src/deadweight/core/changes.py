"""What the edits of a plan come to: the difference between an artifact and its copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from deadweight.core.entry import Entry, Kind
from deadweight.core.paths import parents

_BLOCK = 512
"""Bytes of what st_blocks counts (stat(2))."""


class Linking(StrEnum):
    """How a path shares another's bytes."""

    HARD = "hard link"
    SYMBOLIC = "symbolic link"


@dataclass(frozen=True, slots=True)
class Link:
    """A path that shares the body of `target`, a plain path; for a symbolic link `text` is what it holds."""

    target: str
    linking: Linking
    text: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """A new entry, and the staged file with its body; None where its kind has none."""

    entry: Entry
    body: Path | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between an artifact and its copy.

    `removed` and the keys of `replaced` (path to staged file of new content) and `linked` are visible paths; a path
    is in one of the three at most. `dropped` are (layer, path) of hidden entries left out. `added` are new entries
    by path. Directories are removed only by name: removing all files of one leaves it.
    """

    removed: frozenset[str] = frozenset()
    replaced: Mapping[str, Path] = field(default_factory=dict)
    linked: Mapping[str, Link] = field(default_factory=dict)
    dropped: frozenset[tuple[int, str]] = frozenset()
    added: Mapping[str, Addition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        twice = (self.removed & self.replaced.keys()) | (self.removed & self.linked.keys())
        twice |= self.replaced.keys() & self.linked.keys()
        if twice:
            raise ValueError(f"changed twice: {sorted(twice)[:3]}")

    def __bool__(self) -> bool:
        return bool(self.removed or self.replaced or self.linked or self.dropped or self.added)

    def merged(self, other: Changes) -> Changes:
        """Both together; they must not touch the same path, but for a later replacement of a replaced one."""
        return Changes(
            self.removed | other.removed,
            {**self.replaced, **other.replaced},
            {**self.linked, **other.linked},
            self.dropped | other.dropped,
            {**self.added, **other.added},
        )


@dataclass(frozen=True, slots=True)
class Write:
    """One entry to write: its header, and where its body comes from.

    `source` is the entry of the artifact whose body is copied, `staged` a file with new content; both None where
    the entry has no body.
    """

    entry: Entry
    source: Entry | None = None
    staged: Path | None = None


def writes(entries: Sequence[Entry], changes: Changes) -> Iterator[Write]:
    """What to write for the visible entries of one container, in their order, additions last.

    A hard link whose first name goes takes the body over, later links follow it; where
    the first name gets new content they share that. An entry under a removed
    directory goes with it. What comes out of `replaced` and `linked` keeps mode, owner and times.
    """
    heirs: dict[str, str] = {}
    by_path = {entry.path: entry for entry in entries}
    for entry in entries:
        if is_removed(entry.path, changes.removed):
            continue
        if entry.path in changes.replaced:
            yield _replaced(entry, changes.replaced[entry.path])
        elif entry.path in changes.linked:
            yield _linked(entry, changes.linked[entry.path])
        elif entry.kind is Kind.HARDLINK:
            yield _inherit(entry, by_path, changes, heirs)
        else:
            yield Write(entry, source=entry if entry.kind is Kind.FILE else None)
    yield from (additions(changes.added.values()))


def additions(added: Iterable[Addition]) -> Iterator[Write]:
    """What to write for new entries, sorted by path."""
    for addition in sorted(added, key=lambda one: one.entry.path):
        yield Write(addition.entry, staged=addition.body)


def is_removed(path: str, removed: frozenset[str]) -> bool:
    """Whether the path, or a directory above it, is removed."""
    return path in removed or (bool(removed) and any(above in removed for above in parents(path)))


def _replaced(entry: Entry, staged: Path) -> Write:
    """New content; its holes are left out of what is stored, as those of an entry are."""
    status = staged.stat()
    size, stored = status.st_size, min(status.st_size, status.st_blocks * _BLOCK)
    return Write(entry.but(kind=Kind.FILE, size=size, stored=stored, target="", digest="", head=b""), staged=staged)


def _linked(entry: Entry, link: Link) -> Write:
    kind = Kind.HARDLINK if link.linking is Linking.HARD else Kind.SYMLINK
    target = link.target if kind is Kind.HARDLINK else link.text
    return Write(entry.but(kind=kind, size=0, stored=0, target=target, digest="", head=b""))


def _inherit(entry: Entry, by_path: Mapping[str, Entry], changes: Changes, heirs: dict[str, str]) -> Write:
    first = by_path.get(entry.target)
    gone = is_removed(entry.target, changes.removed) or entry.target in changes.linked
    if first is None or not gone:
        return Write(entry)
    if entry.target in heirs:
        return Write(entry.but(target=heirs[entry.target]))
    heirs[entry.target] = entry.path
    body = entry.but(kind=Kind.FILE, size=first.size, stored=first.stored, target="", digest=first.digest)
    return Write(body.but(offset=first.offset, head=first.head), source=first)
