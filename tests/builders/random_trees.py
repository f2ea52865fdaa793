"""Random small trees: as values that hypothesis makes and shrinks, and on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.paths import parents

NAMES = st.one_of(
    st.sampled_from(
        ["a", "b", "lib", "x.py", "data.bin", "two words", "naïve", "日本", "-dash", "back\\slash", "new\nline"]
    ),
    st.text("abcxyz._-", min_size=1, max_size=12).filter(lambda name: name.strip(".") != ""),
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
BODIES = st.one_of(
    st.binary(max_size=64),
    st.integers(0, 40_000).map(lambda size: b"line of text\n" * (size // 13)),
    st.integers(1, 5_000).map(lambda size: bytes(n * n % 251 for n in range(size))),
)
FILE_MODES = st.sampled_from([0o644, 0o755, 0o600, 0o400, 0o664])


@dataclass(frozen=True)
class Planted:
    """One path of a tree: a file's body, or the text of a symbolic link, or the path that a hard link shares."""

    body: bytes = b""
    mode: int = 0o644
    link: str = ""
    shares: str = ""


Tree = Mapping[str, Planted]


@st.composite
def trees(draw: st.DrawFn, stores: frozenset[Storage] = frozenset(Storage)) -> Tree:
    """A tree of what a format with these storages can hold; no path lies below a file or a link."""
    files = st.builds(Planted, BODIES, FILE_MODES)
    planted = dict(draw(st.dictionaries(PATHS, files, max_size=8)))
    if Storage.SYMLINKS in stores:
        targets = st.sampled_from(["a", "../x", "lib/x.py", "/etc/hosts", "nowhere", "é"])
        planted |= draw(st.dictionaries(PATHS, st.builds(Planted, link=targets), max_size=3))
    planted = _without_conflicts(planted)
    bodies = sorted(path for path, one in planted.items() if not one.link)
    if Storage.HARDLINKS in stores and bodies:
        shares = st.builds(Planted, shares=st.sampled_from(bodies))
        links = draw(st.dictionaries(PATHS, shares, max_size=3))
        planted = {**links, **planted}
    return _without_conflicts(planted)


def plant(root: Path, tree: Tree) -> Path:
    """The tree on disk."""
    root.mkdir(parents=True, exist_ok=True)
    for path, one in sorted(tree.items(), key=lambda item: bool(item[1].shares)):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if one.shares:
            os.link(root / one.shares, place)
        elif one.link:
            place.symlink_to(one.link)
        else:
            place.write_bytes(one.body)
            place.chmod(one.mode)
    return root


def listing(artifact: Artifact) -> list[tuple[object, ...]]:
    """What an artifact holds, by path, without times and storage."""
    return [
        (entry.path, entry.kind, entry.size, entry.target, entry.digest, entry.head)
        for entry in artifact.inventory.visible
        if entry.path
    ]


def tree_bytes(root: Path) -> int:
    """What lies in the tree by the file system's own word: each body once, and the texts of links."""
    seen: dict[tuple[int, int], int] = {}
    for folder, directories, names in os.walk(root):
        for name in (*directories, *names):
            status = Path(folder, name).lstat()
            if not Path(folder, name).is_dir() or Path(folder, name).is_symlink():
                seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())


def _without_conflicts(planted: Mapping[str, Planted]) -> dict[str, Planted]:
    kept: dict[str, Planted] = {}
    above: set[str] = set()
    for path in sorted(planted, key=_depth):
        if path not in above and not any(up in kept for up in parents(path)):
            kept[path] = planted[path]
            above.update(parents(path))
    return {path: one for path, one in kept.items() if not one.shares or one.shares in kept}


def _depth(path: str) -> tuple[int, str]:
    return (path.count("/"), path)


def below(prefix: str, tree: Tree) -> Tree:
    """The same tree, one directory down."""
    moved = {}
    for path, one in tree.items():
        shares = f"{prefix}/{one.shares}" if one.shares else ""
        moved[f"{prefix}/{path}"] = Planted(one.body, one.mode, one.link, shares)
    return moved


def with_files(tree: Tree, files: Iterable[tuple[str, bytes]]) -> Tree:
    """The tree with these files in it, whatever stood in their way gone."""
    added = dict(files)
    blocked = {up for path in added for up in (path, *parents(path))}
    kept = {
        path: one
        for path, one in tree.items()
        if path not in blocked and one.shares not in blocked and not any(up in added for up in parents(path))
    }
    return {**kept, **{path: Planted(body) for path, body in added.items()}}
