"""The dotted name by which a file is imported."""

from __future__ import annotations

import keyword

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
