"""Which modules of each installed distribution a program can import."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.suites import is_test

_EXTENSIONS = (".so", ".pyd")
_NO_MODULES = frozenset({"__main__", "conftest", "setup"})


def _importable(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for distribution in scene.ask(DISTRIBUTIONS):
        found.setdefault(distribution.name, set()).update(_modules(distribution))
    return {name: tuple(sorted(modules)) for name, modules in found.items()}


def _modules(distribution: Distribution) -> Iterator[str]:
    root = f"{distribution.site}/" if distribution.site else ""
    paths = [path[len(root) :] for path in distribution.files if path.startswith(root)]
    regular = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    for path in paths:
        if path.endswith((".py", *_EXTENSIONS)) and not is_test(path) and _is_reached(path, regular):
            module = module_name(path)
            if module:
                yield module


def _is_reached(path: str, regular: set[str]) -> bool:
    """Whether every directory above is a package, or none of them lies below one without being one itself.

    A folder without `__init__.py` inside a regular package holds data; at the top it is a namespace (PEP 420).
    """
    parts = path.split("/")[:-1]
    inside = False
    for depth in range(1, len(parts) + 1):
        is_regular = "/".join(parts[:depth]) in regular
        if inside and not is_regular:
            return False
        inside = inside or is_regular
    return True


def module_name(path: str) -> str:
    """The dotted name of the module at a path relative to its site; empty for a file that no import statement reaches.

    `numpy/_core/_multiarray_umath.cpython-312-x86_64-linux-gnu.so` is `numpy._core._multiarray_umath`.
    """
    directory, _, name = path.rpartition("/")
    stem = name.partition(".")[0] if name.endswith(_EXTENSIONS) else name.removesuffix(".py")
    parts = directory.split("/") if directory else []
    if stem in _NO_MODULES or not all(_is_name(part) for part in (*parts, stem)):
        return ""
    return ".".join(parts if stem == "__init__" and parts else [*parts, stem])


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


IMPORTABLE: Fact[Mapping[str, tuple[str, ...]]] = Fact("importable", _importable)
"""The dotted names of modules by the normalised name of their distribution, tests left out."""
