"""The dotted names by which the files of a distribution are imported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

_SUFFIXES = (".py", ".so", ".pyd", ".pyc")
_MOST_FILES = 200_000


def dotted_names(paths: Iterable[str]) -> frozenset[str]:
    """The modules, extension modules and packages at the paths, relative to a site; folders without code are none.

    Every folder on the way to a module counts as a package, so that parts of a namespace (PEP 420) have their names.
    """
    prefixes: dict[str, str | None] = {}
    found: set[str] = set()
    for path in paths:
        if not path.endswith(_SUFFIXES):
            continue
        directory, _, name = path.rpartition("/")
        if directory not in prefixes:
            prefixes[directory] = _prefix(directory)
        prefix = prefixes[directory]
        stem = name[:-3] if name.endswith(".py") else name.partition(".")[0]
        if prefix is not None and stem.isidentifier() and stem != "__init__":
            found.add(prefix + stem)
    return frozenset(found.union(*(_packages(prefix) for prefix in prefixes.values() if prefix)))


def _prefix(directory: str) -> str | None:
    """The dotted name of a folder with a dot at its end, None where it can be no package."""
    parts = directory.split("/") if directory else []
    if not all(part.isidentifier() for part in parts) or "__pycache__" in parts:
        return None
    return "".join(f"{part}." for part in parts)


def _packages(prefix: str) -> Iterator[str]:
    """The package of the prefix and those above it."""
    name = prefix.rstrip(".")
    while name:
        yield name
        name = name.rpartition(".")[0]


def files_below(folder: str) -> Iterator[str]:
    """The paths of the files below a folder, relative to it; hidden folders and environments are left out."""
    count = 0
    for directory, names, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            names.clear()
            continue
        names[:] = [name for name in names if not name.startswith(".") and name != "node_modules"]
        relative = os.path.relpath(directory, folder)
        prefix = "" if relative == "." else f"{relative}/"
        for name in files:
            count += 1
            if count > _MOST_FILES:
                return
            yield prefix + name
