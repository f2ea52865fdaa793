"""The top-level modules that are the project's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.requirement import Role
from deadweight.facts.path_roles import role_of_path

_ROOTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_SOURCES = ("src", "lib", "python", "source")
_ENDINGS = (".py", ".pyi", ".pyx", ".so", ".ipynb")


def own_modules(files: Iterable[str]) -> frozenset[str]:
    """Names that an import finds at the root, below a folder of sources, or so below a project within the project."""
    found: set[str] = set()
    code = [path for path in files if path.endswith(_ENDINGS)]
    for root in roots(files):
        for path in code:
            if path.startswith(root):
                found.update(_tops(path[len(root) :].split("/")))
    return frozenset(name for name in found if name.isidentifier())


def regular_modules(files: Iterable[str]) -> frozenset[str]:
    """Those of them that are a package with `__init__.py` or a module: an import never looks further than these."""
    known = tuple(files)
    folders = {f"{root}{source}" for root in roots(known) for source in ("", *(f"{name}/" for name in _SOURCES))}
    packages = (path.removesuffix("/__init__.py") for path in known if path.endswith(("/__init__.py", "/__init__.pyi")))
    modules = (path.removesuffix(".py") for path in known if path.endswith(".py"))
    places = (place.rpartition("/") for several in (packages, modules) for place in several)
    return frozenset(name for folder, slash, name in places if folder + slash in folders)


def roots(files: Iterable[str]) -> tuple[str, ...]:
    """The folders that hold a project, `""` the outermost, each other with a slash at its end; none of tests."""
    told = (path.rpartition("/") for path in files if "/" in path and role_of_path(path) is not Role.TEST)
    return ("", *sorted({folder + slash for folder, slash, name in told if name in _ROOTS}))


def _tops(parts: list[str]) -> Iterator[str]:
    """The first part, and the second below a folder of sources: `src/name/…`."""
    yield parts[0].partition(".")[0]
    if parts[0] in _SOURCES and len(parts) > 1:
        yield parts[1].partition(".")[0]
