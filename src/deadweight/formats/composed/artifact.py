"""A tree of this host and the files that it needs become one root file system, as an artifact."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from blake3 import blake3

from deadweight.core.artifact import Artifact, Image
from deadweight.core.entry import Entry, Kind
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory
from deadweight.core.paths import parents
from deadweight.core.seams import Opening
from deadweight.formats.composed.contents import ComposedContents
from deadweight.formats.composed.pieces import Piece, made_directory
from deadweight.formats.trees.reader import listing_digest

COMPOSED = "composed"
"""The name under which formats know such an artifact."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A tree, and the plain path that it has in the image."""

    tree: Artifact
    at: str


def composed(placed: Placed, pieces: Iterable[Piece], image: Image, opening: Opening) -> Artifact:
    """The tree at its place with the pieces around it, all owned by root; what lies in the tree is the tree's.

    Directories that nothing names get the mode 0755. The digest is of the whole; `opening` says which metadata files
    are kept.
    """
    tree, at = placed.tree, placed.at
    moved = {posixpath.join(at, entry.path): entry for entry in tree.inventory.visible if entry.path}
    around = {piece.entry.path: piece for piece in pieces if piece.entry.path not in moved}
    around |= {path: made_directory(path) for path in _above((*moved, *around)) if path not in moved | around}
    whole = ComposedContents(tree.contents, moved, around)
    read = _read(whole, [piece.entry for piece in around.values() if piece.entry.kind is Kind.FILE], opening)
    entries = sorted((*_moved(moved, at), *_entries(around, read)), key=lambda entry: entry.path)
    small = {posixpath.join(at, path): body for path, body in tree.small.items()}
    return Artifact(
        format=COMPOSED,
        location=tree.location,
        digest=listing_digest(entries),
        inventory=_inventory(entries),
        contents=whole,
        small=small | {path: one.kept for path, one in read.items() if one.kept is not None},
        image=image,
        gaps=tree.gaps,
    )


@dataclass(frozen=True, slots=True)
class _Body:
    digest: str
    head: bytes
    kept: bytes | None


def _above(paths: Iterable[str]) -> set[str]:
    return {above for path in paths for above in parents(path)}


def _read(contents: ComposedContents, files: Sequence[Entry], opening: Opening) -> Mapping[str, _Body]:
    keep = matcher(opening.keep)
    found = {}
    opening.progress.start("reading what it needs of this host", sum(entry.size for entry in files))
    for entry, body in contents.stream(files):
        running, head, kept = blake3(), b"", bytearray()
        wanted = keep(entry.path)
        while chunk := body.read(_CHUNK):
            running.update(chunk)
            head = head or chunk[:16]
            kept += chunk if wanted else b""
        found[entry.path] = _Body(f"blake3:{running.hexdigest()}", head, bytes(kept) if wanted else None)
        opening.progress.advance(entry.size)
    opening.progress.finish()
    return found


def _moved(moved: Mapping[str, Entry], at: str) -> Iterable[Entry]:
    for path, entry in moved.items():
        target = posixpath.join(at, entry.target) if entry.kind is Kind.HARDLINK else entry.target
        yield entry.but(path=path, target=target, uid=0, gid=0)


def _entries(around: Mapping[str, Piece], read: Mapping[str, _Body]) -> Iterable[Entry]:
    for path, piece in around.items():
        body = read.get(path)
        yield piece.entry.but(digest=body.digest, head=body.head) if body else piece.entry


def _inventory(entries: Sequence[Entry]) -> Inventory:
    links = sum(len(entry.target.encode("utf-8", "surrogateescape")) for entry in entries if entry.kind is Kind.SYMLINK)
    return Inventory(tuple(entries), (), {"links": links}, sum(entry.stored for entry in entries) + links)
