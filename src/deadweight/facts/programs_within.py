"""Which files of packages are native programs: nothing opens them by listing, what runs one names it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.package_files import PACKAGE_FILES

OF_TESTS = re.compile(r"(?:test_[^/.]+|[^/.]+_tests?|[A-Z][^/.]*Tests?)")
"""The name of a compiled test program."""


def _programs_within(scene: Scene) -> Mapping[str, str]:
    native, holders = scene.ask(NATIVE_FILES), scene.ask(HOLDERS)
    data = (path for paths in scene.ask(PACKAGE_FILES).values() for path in paths)
    return {path: holders[path] for path in data if path in holders and path in native and _runs(scene, path)}


def _runs(scene: Scene, path: str) -> bool:
    """Whether it asks for a loader of its own (PT_INTERP) and may be executed."""
    executable = bool(scene.listing.by_path[path].mode & 0o111)
    return (
        executable and bool(scene.ask(NATIVE_FILES)[path].dynamic.interpreter) and ".so" not in path.rpartition("/")[2]
    )


PROGRAMS_WITHIN: Fact[Mapping[str, str]] = Fact("programs within packages", _programs_within)
"""Each native program that lies in a package of a distribution, with the dist-info of that."""


def is_of_tests(path: str) -> bool:
    """Whether the program is one of the project's own tests: by its name, or by the directory right above it."""
    directory, _, name = path.rpartition("/")
    return OF_TESTS.fullmatch(name) is not None or directory.rpartition("/")[2] in ("test", "tests")


def _by_distribution(scene: Scene) -> Mapping[str, tuple[tuple[bytes, str], ...]]:
    found: dict[str, list[tuple[bytes, str]]] = {}
    own = ((path, info) for path, info in scene.ask(PROGRAMS_WITHIN).items() if not is_of_tests(path))
    for path, info in own:
        found.setdefault(info, []).append((path.rpartition("/")[2].encode("utf-8", "surrogateescape"), path))
    return {info: tuple(named) for info, named in found.items()}


PROGRAMS_BY_NAME: Fact[Mapping[str, tuple[tuple[bytes, str], ...]]] = Fact("names of programs", _by_distribution)
"""By dist-info: the name of each such program that is none of its tests, and its path."""
