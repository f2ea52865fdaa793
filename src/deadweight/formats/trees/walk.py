"""Walks a directory by descriptors: what lies in it, without following a symbolic link or reading a body."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from deadweight.core.errors import Hostile
from deadweight.core.gap import Gap
from deadweight.core.limits import Limits
from deadweight.core.paths import plain
from deadweight.formats.trees.scoped import DIRECTORY, open_beneath
from deadweight.formats.trees.unread import UNREAD


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in the tree: its plain path, its status, the text of a symbolic link, its extended attributes."""

    path: str
    status: os.stat_result
    target: str = ""
    xattrs: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """All that lies in a tree, sorted by path, and what could not be read."""

    nodes: tuple[Node, ...]
    gaps: tuple[Gap, ...]


@dataclass(slots=True)
class _Found:
    where: str
    limits: Limits
    nodes: list[Node] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, node: Node) -> None:
        if len(self.nodes) >= self.limits.entries:
            raise Hostile(f"over {self.limits.entries} entries", where=self.where, advice="Weigh a part of the tree.")
        if node.path.count("/") >= self.limits.depth:
            raise Hostile(f"directories nested over {self.limits.depth} deep", where=self.where)
        self.nodes.append(node)


def walk(root: int, where: str, limits: Limits) -> Walk:
    """What lies below the directory that `root` is open on; the root itself is no entry.

    Sockets and what may not be read are gaps. Raises Hostile for a tree beyond the limits.
    """
    found = _Found(where, limits)
    waiting = [""]
    while waiting:
        waiting.extend(_read_directory(root, waiting.pop(), found))
    return Walk(tuple(sorted(found.nodes, key=lambda node: node.path)), tuple(found.gaps))


def open_quietly(root: int, path: str, flags: int) -> int:
    """Open below the root and leave the time of last access as it is, where the system allows that.

    Raises OSError as open_beneath does.
    """
    try:
        return open_beneath(root, path, flags | os.O_NOATIME)
    except PermissionError:
        return open_beneath(root, path, flags)


def _read_directory(root: int, path: str, found: _Found) -> list[str]:
    """Add what the directory holds; gives the paths of the directories in it."""
    try:
        at = open_quietly(root, path, DIRECTORY)
    except OSError as error:
        found.gaps.append(Gap(UNREAD, path, f"the directory cannot be read: {error.strerror}"))
        return []
    below = []
    try:
        for node in _children(at, path, found):
            found.add(node)
            if stat.S_ISDIR(node.status.st_mode):
                below.append(node.path)
    finally:
        os.close(at)
    return below


def _children(at: int, path: str, found: _Found) -> Iterator[Node]:
    with os.scandir(at) as held:
        for one in held:
            whole = plain(f"{path}/{one.name}" if path else one.name, found.where)
            try:
                node = _node(at, one, whole)
            except FileNotFoundError:
                found.gaps.append(Gap("open", whole, "it went away while the tree was read"))
                continue
            except OSError as error:
                found.gaps.append(Gap(UNREAD, whole, f"nothing can be said of it: {error.strerror}"))
                continue
            if stat.S_ISSOCK(node.status.st_mode):
                found.gaps.append(Gap("open", whole, "a socket is nothing that can be stored: left out"))
            else:
                yield node


def _node(at: int, one: os.DirEntry[str], whole: str) -> Node:
    status = one.stat(follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return Node(whole, status, target=os.readlink(one.name, dir_fd=at))
    if stat.S_ISDIR(status.st_mode):
        return Node(whole, status, xattrs=_directory_xattrs(at, one.name))
    return Node(whole, status)


def _directory_xattrs(at: int, name: str) -> tuple[tuple[str, bytes], ...]:
    try:
        opened = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
    except OSError:
        return ()  # the gap is noted when the directory itself is read
    try:
        return extended(opened)
    finally:
        os.close(opened)


def extended(opened: int) -> tuple[tuple[str, bytes], ...]:
    """The extended attributes that belong to the content: `user.*` and the file capabilities, sorted."""
    try:
        names = os.listxattr(opened)
    except OSError:
        return ()  # the file system has none
    kept = sorted(name for name in names if name.startswith("user.") or name == "security.capability")
    return tuple((name, os.getxattr(opened, name)) for name in kept)
