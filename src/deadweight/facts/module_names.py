"""The dotted name by which a file is imported, and which folders an import reaches."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable

EXTENSIONS = (".so", ".pyd")


def module_name(path: str) -> str:
    """The dotted name of the module at a path relative to its site; empty for a file that no import statement reaches.

    `numpy/_core/_multiarray_umath.cpython-312-x86_64-linux-gnu.so` is `numpy._core._multiarray_umath`.
    """
    directory, _, name = path.rpartition("/")
    stem = name.partition(".")[0] if name.endswith(EXTENSIONS) else name.removesuffix(".py")
    parts = directory.split("/") if directory else []
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in (*parts, stem)):
        return ""
    return ".".join(parts if stem == "__init__" and parts else [*parts, stem])


def regular_packages(paths: Iterable[str]) -> frozenset[str]:
    """The directories with an `__init__.py` among the paths, which are relative to their site."""
    return frozenset(path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py"))


def is_reached(directory: str, regular: Collection[str]) -> bool:
    """Whether an import can get to modules in the directory: it and all above are packages, or none of them is one.

    A folder without `__init__.py` inside a regular package holds data; at the top it is a namespace (PEP 420).
    """
    parts = directory.split("/") if directory else []
    inside = False
    for depth in range(1, len(parts) + 1):
        is_regular = "/".join(parts[:depth]) in regular
        if inside and not is_regular:
            return False
        inside = inside or is_regular
    return True
