"""Writes entries as a tree below one directory, and nowhere else.

Every path is reached through directory descriptors without following a symbolic link, bodies are written before any
link exists, modes and times of directories come last. Owners, devices, set-user bits and file capabilities are kept
by root alone.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Write, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.gap import Gap
from deadweight.core.paths import parents
from deadweight.core.seams import Packing
from deadweight.formats.hard_links import anchored, with_own_bodies
from deadweight.formats.trees.attributes import set_on_descriptor, set_on_name
from deadweight.formats.trees.body_copy import copy_body
from deadweight.formats.trees.link_scope import scoped_paths
from deadweight.formats.trees.scoped import DIRECTORY, open_beneath

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_FORMAT_BITS = {Kind.CHARACTER: 0o020000, Kind.BLOCK: 0o060000, Kind.FIFO: 0o010000}


@dataclass(slots=True)
class _Tree:
    """The tree under way: the root's descriptor, the directories that are there, what could not be kept."""

    root: int
    where: str
    packing: Packing
    made: set[str] = field(default_factory=lambda: {""})
    gaps: dict[str, list[str]] = field(default_factory=dict)
    parent: str = ""
    descriptor: int = -1

    def above(self, path: str) -> tuple[int, str]:
        """The descriptor of the directory that holds the path, made where it is missing, and the last component."""
        directory, _, name = path.rpartition("/")
        if self.descriptor < 0 or directory != self.parent:
            self.make_directory(directory)
            self.close()
            self.parent, self.descriptor = directory, open_beneath(self.root, directory, DIRECTORY)
        return self.descriptor, name

    def make_directory(self, path: str) -> None:
        """Make the directory and those above it, one after the other."""
        if path in self.made:
            return
        at, name = self.above(path)
        os.mkdir(name, 0o700, dir_fd=at)
        self.made.add(path)

    def lost(self, reason: str, path: str) -> None:
        self.gaps.setdefault(reason, []).append(path)

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1


def write_tree(artifact: Artifact, changes: Changes, root: Path, packing: Packing) -> tuple[Gap, ...]:
    """Write the artifact's visible entries, with the changes made, into an empty directory.

    Gives what the system did not let it keep, one Gap a reason. Raises Hostile where an entry lies below a link that
    leads out or below a file, Corrupt where a body is not what the index says; OSError as the system does.
    """
    planned = _planned(artifact, changes)
    opened = os.open(root, DIRECTORY)
    tree = _Tree(opened, artifact.location, packing)
    try:
        _write_all(tree, planned, artifact)
    except OSError as error:
        if error.filename is not None:  # names are relative to a descriptor: say where that is
            named = "" if isinstance(error.filename, int) else os.fsdecode(error.filename)
            error.filename = str(root / named)
        raise
    finally:
        tree.close()
        os.close(opened)
    return tuple(_gap(reason, paths) for reason, paths in tree.gaps.items())


def _planned(artifact: Artifact, changes: Changes) -> tuple[Write, ...]:
    """What to write, each at the place where it really lies, directories before what is in them."""
    visible, layered = artifact.inventory.visible, artifact.image is not None
    planned = list(writes(visible, changes))
    if layered:
        planned = list(with_own_bodies(planned, visible))
    planned.sort(key=lambda one: one.entry.path)
    planned = list(scoped_paths(planned, artifact.location, follow=layered))
    _check_places(planned, artifact.location)
    return tuple(anchored(planned, artifact.location))


def _check_places(planned: Sequence[Write], where: str) -> None:
    taken: dict[str, Kind] = {}
    for one in planned:
        path = one.entry.path
        if path in taken:
            raise Hostile(f"{path!r} is there twice", where=where)
        taken[path] = one.entry.kind
    for path in taken:
        above = next((up for up in parents(path) if up in taken), "")
        if above and taken[above] is not Kind.DIRECTORY:
            raise Hostile(f"{path!r} lies below {above!r}, which is a {taken[above].value}", where=where)


def _write_all(tree: _Tree, planned: Sequence[Write], artifact: Artifact) -> None:
    """Directories, bodies, what has no body, symbolic links, hard links; then the directories' attributes."""
    of_kind: dict[Kind, list[Write]] = {}
    for one in planned:
        of_kind.setdefault(one.entry.kind, []).append(one)
    for one in of_kind.get(Kind.DIRECTORY, []):
        tree.make_directory(one.entry.path)
    _write_files(tree, of_kind.get(Kind.FILE, []), artifact)
    for kind in (Kind.FIFO, Kind.CHARACTER, Kind.BLOCK):
        for one in of_kind.get(kind, []):
            _write_special(tree, one.entry)
    for one in of_kind.get(Kind.SYMLINK, []):
        _write_symlink(tree, one.entry)
    for one in of_kind.get(Kind.HARDLINK, []):
        _write_hard_link(tree, one.entry)
    _finish_directories(tree, [one.entry for one in of_kind.get(Kind.DIRECTORY, [])])


def _write_files(tree: _Tree, files: Sequence[Write], artifact: Artifact) -> None:
    sources = {(one.source.layer, one.source.path): one for one in files if one.source is not None}
    tree.packing.progress.start("writing", sum(one.entry.size for one in files))
    for one in files:
        if one.staged is not None:
            with open(one.staged, "rb") as staged:
                _write_file(tree, one.entry, staged)
        elif one.source is None:
            _write_file(tree, one.entry, io.BytesIO())
    for entry, body in artifact.contents.stream([one.source for one in files if one.source is not None]):
        written = _write_file(tree, sources.pop((entry.layer, entry.path)).entry, body)
        if written != entry.size and entry.kind is Kind.FILE:
            raise Corrupt(f"{written} bytes where {entry.size} should be", where=f"{tree.where}/{entry.path}")
    for one in sources.values():
        raise Corrupt(f"{one.entry.path!r} has no body", where=tree.where, advice="The artifact is not whole.")
    tree.packing.progress.finish()


def _write_file(tree: _Tree, entry: Entry, body: BinaryIO) -> int:
    """Gives the bytes of the body."""
    at, name = tree.above(entry.path)
    opened = os.open(name, _NEW | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=at)
    try:
        written = copy_body(body, opened, holes=entry.stored < entry.size)
        _attributes(tree, opened, entry)
    finally:
        os.close(opened)
    tree.packing.progress.advance(written)
    return written


def _write_special(tree: _Tree, entry: Entry) -> None:
    at, name = tree.above(entry.path)
    try:
        os.mknod(name, _FORMAT_BITS[entry.kind] | 0o600, os.makedev(*entry.device), dir_fd=at)
    except PermissionError:
        tree.lost(f"a {entry.kind.value} device can be made by root alone: left out", entry.path)
        return
    set_on_name(at, name, _timed(tree, entry), is_link=False)


def _write_symlink(tree: _Tree, entry: Entry) -> None:
    at, name = tree.above(entry.path)
    os.symlink(entry.target, name, dir_fd=at)
    set_on_name(at, name, _timed(tree, entry), is_link=True)


def _write_hard_link(tree: _Tree, entry: Entry) -> None:
    directory, _, source = entry.target.rpartition("/")
    at, name = tree.above(entry.path)
    held = open_beneath(tree.root, directory, DIRECTORY)
    try:
        os.link(source, name, src_dir_fd=held, dst_dir_fd=at, follow_symlinks=False)
    finally:
        os.close(held)


def _finish_directories(tree: _Tree, directories: Sequence[Entry]) -> None:
    """Attributes from the deepest up, so that a directory without write permission hinders nobody."""
    tree.close()
    recorded = {entry.path for entry in directories}
    implied = [Entry(path, Kind.DIRECTORY, mode=0o755) for path in tree.made - recorded if path]
    for entry in sorted((*directories, *implied), key=lambda one: one.path, reverse=True):
        opened = open_beneath(tree.root, entry.path, DIRECTORY)
        try:
            _attributes(tree, opened, entry)
        finally:
            os.close(opened)


def _attributes(tree: _Tree, opened: int, entry: Entry) -> None:
    for reason in set_on_descriptor(opened, _timed(tree, entry)):
        tree.lost(reason, entry.path)


def _timed(tree: _Tree, entry: Entry) -> Entry:
    return entry if entry.mtime else entry.but(mtime=float(tree.packing.epoch), atime=0.0)


def _gap(reason: str, paths: Iterable[str]) -> Gap:
    first, *more = paths
    return Gap("pack", first, f"{reason} (and {len(more)} more paths)" if more else reason)
