"""Which files of installed packages are data, and of which package."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from deadweight.core.entry import Kind
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.module_path import MODULE_PATH

_CODE = (".py", ".pyc", ".pyo", ".so", ".pyd")


def _package_files(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    places = scene.ask(MODULE_PATH)
    listing = scene.listing
    holding = {dirname(path) for path in listing.by_path if path.endswith((".py", ".so", ".pyd"))}
    roots = places.installed
    infos = {one.info for one in scene.ask(DISTRIBUTIONS)}
    nearest: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for entry in listing.entries:
        if entry.kind is Kind.DIRECTORY or entry.path.endswith(_CODE) or ".so." in entry.name:
            continue
        package = _nearest(dirname(entry.path), holding, roots | infos, nearest)
        if package:
            found.setdefault(package, []).append(entry.path)
    return {package: tuple(paths) for package, paths in found.items()}


def _nearest(directory: str, holding: set[str], ends: frozenset[str], known: dict[str, str]) -> str:
    """The nearest directory with modules, upwards; none from where distributions or their metadata lie."""
    if directory not in known:
        if directory in ends or not directory:
            known[directory] = ""
        elif directory in holding and not directory.endswith("/__pycache__"):
            known[directory] = directory if _lies_in(directory, ends) else ""
        else:
            known[directory] = _nearest(dirname(directory), holding, ends, known)
    return known[directory]


def _lies_in(directory: str, roots: frozenset[str]) -> bool:
    while directory:
        directory = dirname(directory)
        if directory in roots:
            return True
    return False


PACKAGE_FILES: Fact[Mapping[str, tuple[str, ...]]] = Fact("package files", _package_files)
"""By directory that holds modules: the data in it, and below it where no directory between holds modules."""
