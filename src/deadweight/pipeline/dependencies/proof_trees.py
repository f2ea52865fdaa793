"""The project beside itself: a tree with its files, where another environment stands in the place of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_LEFT = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_COPIED = 8 << 20


def project_tree(folder: Path, tree: Path) -> None:
    """Give the tree the files of the folder, without its environments, version control and caches.

    Files of 8 MB and more are hard links where the disk has them: they are models and data, which nothing here writes.
    """
    for inner, directories, files in os.walk(folder):
        here = Path(inner)
        directories[:] = [name for name in directories if name not in _LEFT and not _is_environment(here / name)]
        there = tree / here.relative_to(folder)
        there.mkdir(parents=True, exist_ok=True)
        for name in [*files, *(name for name in directories if (here / name).is_symlink())]:
            _copy(here / name, there / name)


def environment_place(folder: Path, environment: Path | None) -> str:
    """Where in the tree its environment stands: as in the folder, `.venv` where it has none of its own."""
    if environment is not None:
        place, whole = (Path(os.path.abspath(one)) for one in (environment, folder))  # noqa: PTH100  # no links
        if place.is_relative_to(whole) and place != whole:
            return place.relative_to(whole).as_posix()
    return ".venv"


def _is_environment(path: Path) -> bool:
    return (path / "pyvenv.cfg").is_file() or (path / "conda-meta").is_dir()


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(os.readlink(source))  # noqa: PTH115  # the text, not a path
        return
    if not source.is_file():
        return
    if source.stat().st_size >= _COPIED:
        try:
            os.link(source, target)
            return
        except OSError:  # another disk, or none that has links
            pass
    shutil.copy2(source, target)
