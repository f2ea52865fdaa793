"""A second tree of hard links: as much of one of ours as is wanted, made without copying a byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from deadweight.core.changes import Changes, Link, Linking


def link_tree(base: Path, changes: Changes, out: Path) -> None:
    """Make at `out` what `base` becomes with the changes; paths are those of `base`, no link on their way.

    Both lie on one file system and nobody may write to either: they share their bodies. Nothing is synced, for it
    is thrown away. What layers hide and what is added has no place in it.
    """
    _directory(str(base), str(out), "", changes)
    for path, staged in changes.replaced.items():
        _replace(base / path, staged, out / path)
    for path, link in changes.linked.items():
        _link(base, link, out, path)


def _directory(base: str, out: str, path: str, changes: Changes) -> None:
    source, target = os.path.join(base, path), os.path.join(out, path)  # noqa: PTH118  100 000 Path objects are slow
    os.mkdir(target, 0o700)  # noqa: PTH102
    with os.scandir(source) as found:
        for one in found:
            here = f"{path}/{one.name}" if path else one.name
            if here in changes.removed or here in changes.replaced or here in changes.linked:
                continue
            if one.is_dir(follow_symlinks=False):
                _directory(base, out, here, changes)
            else:
                os.link(one.path, os.path.join(target, one.name), follow_symlinks=False)  # noqa: PTH118
    _like(source, target)


def _like(source: str, target: str) -> None:
    """Owner, mode and times of the source for the target."""
    status = os.stat(source)  # noqa: PTH116
    if os.geteuid() == 0:
        os.chown(target, status.st_uid, status.st_gid)
    shutil.copystat(source, target)


def _replace(original: Path, staged: Path, target: Path) -> None:
    if target.parent.is_dir():
        shutil.copyfile(staged, target)
        _like(str(original), str(target))


def _link(base: Path, link: Link, out: Path, path: str) -> None:
    target = out / path
    if not target.parent.is_dir():
        return
    if link.linking is Linking.SYMBOLIC:
        target.symlink_to(link.text)
    else:
        shared = out / link.target
        os.link(shared if os.path.lexists(shared) else base / link.target, target, follow_symlinks=False)


def placed(changes: Changes, places: Mapping[str, str]) -> Changes:
    """The changes with each path that `places` names under its other name."""

    def at(path: str) -> str:
        return places.get(path, path)

    return Changes(
        frozenset(map(at, changes.removed)),
        {at(path): staged for path, staged in changes.replaced.items()},
        {at(path): Link(at(link.target), link.linking, link.text) for path, link in changes.linked.items()},
    )
