"""Where a project states each of its lists: the file, and the key in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Declared, Role
from deadweight.dependencies.lists import CORE, list_of

_EXTRAS = "options.extras_require"


@dataclass(frozen=True, slots=True)
class Home:
    """A place that requirements of one list are put into; `key` is empty in a list of requirements."""

    path: str
    key: str = ""


def home_of(stated: Declarations, name: str) -> Home | None:
    """Where the list is, or would be if the project had one; None where that cannot be told.

    Of several places the one that has most of it.
    """
    items = [one for one in stated.items if not one.is_constraint]
    places = Counter(place_of(one) for one in items if list_of(one) == name)
    if places:
        return max(places, key=lambda home: (places[home], -list(places).index(home)))
    if name.startswith("extra-"):
        return None
    cores = Counter(place_of(one) for one in items if list_of(one) == CORE)
    core = max(cores, key=lambda home: cores[home]) if cores else _bare(stated)
    return _beside(core, name) if core else None


def place_of(one: Declared) -> Home:
    """The place that the requirement stands at, its own key left out where it has one."""
    key = one.place.key
    head, _, last = key.rpartition(".")
    while head and canonicalize_name(last) != one.name and _has_keys(one.place.path, key):
        head, _, more = head.rpartition(".")
        last = f"{more}.{last}"
    return Home(one.place.path, head if _has_keys(one.place.path, key) else key)


def _has_keys(path: str, key: str) -> bool:
    """Whether each requirement there has a key of its own, as poetry and pipenv have it."""
    return path.endswith("Pipfile") or key.startswith("tool.poetry.")


def _bare(stated: Declarations) -> Home | None:
    """Where the core of a project would be that has none yet."""
    if "pyproject.toml" in stated.files:
        return Home("pyproject.toml", "project.dependencies")
    return next((Home(path) for path in stated.files if path.endswith("requirements.txt")), None)


def _beside(core: Home, name: str) -> Home | None:
    """Where a list would be whose core is there; what builds a package belongs to a [build-system] that is its own."""
    if name == Role.BUILD and core.path.endswith(("setup.cfg", "pyproject.toml")):
        return None
    if core.path.endswith("Pipfile"):
        return Home(core.path, "packages" if name == CORE else "dev-packages")
    if core.path.endswith("setup.cfg"):
        return Home(core.path, "install_requires" if name == CORE else f"{_EXTRAS}.{name}")
    if core.key.startswith("tool.poetry."):
        return Home(core.path, f"tool.poetry.{'' if name == CORE else f'group.{name}.'}dependencies")
    if core.path.endswith("pyproject.toml"):
        return Home(core.path, "project.dependencies" if name == CORE else f"dependency-groups.{name}")
    if not core.path.endswith((".txt", ".in")) or name == CORE:
        return core if name == CORE else None
    folder, slash, file = core.path.rpartition("/")
    ending = file[file.rindex(".") :]
    return Home(f"{folder}{slash}{name if folder.endswith('requirements') else f'requirements-{name}'}{ending}")
