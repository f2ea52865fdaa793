"""The modules that a project has of its own, as an import names them, and the folders that they are found from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SOURCES = ("src/", "lib/", "python/", "source/")
_NOT_SWEPT = frozenset({"setup", "conftest", "noxfile", "fabfile", "tasks", "__main__"})


@dataclass(frozen=True, slots=True)
class OwnModules:
    """Dotted names, sorted, and the folders (relative, empty for the project's own) that Python finds them from."""

    names: tuple[str, ...]
    folders: tuple[str, ...]


def own_module_names(files: Iterable[str]) -> OwnModules:
    """The modules of the Python sources: below a folder of sources where there is one, else below the project."""
    paths = [path for path in files if path.endswith(".py")]
    folders = ("", *(source for source in _SOURCES if any(path.startswith(source) for path in paths)))
    names = sorted({name for path in paths for name in _names(path, folders)})
    return OwnModules(tuple(names), tuple(folder.rstrip("/") for folder in folders))


def _names(path: str, folders: tuple[str, ...]) -> Iterator[str]:
    base = max((folder for folder in folders if path.startswith(folder)), key=len)
    parts = path[len(base) :].removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    if parts and all(part.isidentifier() for part in parts) and not _NOT_SWEPT.intersection(parts):
        yield ".".join(parts)
