"""The files of a project's folder: without its environments, caches, build results and version control."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

_PASSED_OVER = (
    ".git .hg .svn .bzr .jj __pycache__ .mypy_cache .pytest_cache .ruff_cache .tox .nox .venv"
    " node_modules .eggs site-packages .ipynb_checkpoints __pypackages__ .pixi .direnv .cache .hypothesis .idea .vscode"
    " htmlcov"
)


_BUILT = re.compile(r"(?:.*/)?build/(?:lib|lib\..+|bdist\..+|temp\..+|__editable__\..+)")
"""Where setuptools leaves copies of what it built."""


def project_files(folder: Path) -> tuple[str, ...]:
    """The paths of its files relative to the folder, sorted; links to folders are not followed."""
    return tuple(sorted(_walked(folder, "", frozenset(_PASSED_OVER.split()))))


def is_called(path: str, names: Iterable[str]) -> bool:
    """Whether the name of the path, or the path as a whole where the glob has a slash, matches one of the globs."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if "/" in glob else name, glob) for glob in names)


def _walked(folder: Path, below: str, without: frozenset[str]) -> Iterator[str]:
    with os.scandir(folder / below) as entries:
        found = list(entries)
    if any(entry.name in ("pyvenv.cfg", "conda-meta") for entry in found) and below:
        return
    for entry in found:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            is_made = entry.name.endswith((".egg-info", ".dist-info")) or _BUILT.fullmatch(path)
            if entry.name not in without and not is_made:
                yield from _walked(folder, path, without)
        elif entry.is_file():
            yield path
