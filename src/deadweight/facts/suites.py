"""Which directories of installed distributions hold their test suites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.held_endings import HELD_ENDINGS
from deadweight.facts.module_names import is_reached, regular_packages

_SUITE = re.compile(r"(?:^|/)(?:_?tests?)/")
_TEST_MODULE = re.compile(r"(?:test_?[^/]*|[^/]*_tests?|conftest)\.py")


def is_test(path: str) -> bool:
    """Whether the path, relative to its site or project, is that of test code: by its directory or by its name.

    Directories called `testing` hold what a distribution offers to the tests of others; they are no test code.
    """
    if "test" not in path:
        return False
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py" or bool(_SUITE.search(path))


def _test_suites(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    suites: dict[str, set[str]] = {}
    modules = scene.ask(HELD_ENDINGS).get(".py", {})
    for distribution in scene.ask(DISTRIBUTIONS):
        suites.setdefault(distribution.info, set()).update(_suites(distribution, modules.get(distribution.info, ())))
    return {info: tuple(sorted(paths)) for info, paths in suites.items() if paths}


def _suites(distribution: Distribution, modules: Iterable[str]) -> Iterator[str]:
    """The outermost directories called test or tests that hold a test module.

    One in a folder of data is data: the tests of a project that a tool makes from a skeleton (kedro, cookiecutter).
    """
    root = f"{distribution.site}/" if distribution.site else ""
    sources = [path[len(root) :] for path in modules if path.startswith(root)]
    tests = [path for path in sources if "test" in path]
    regular = regular_packages(sources) if tests else frozenset()
    for path in tests:
        match = _SUITE.search(path)
        if match and _TEST_MODULE.fullmatch(path.rpartition("/")[2]) and is_reached(_above(path, match), regular):
            yield root + path[: match.end() - 1]


def _above(path: str, suite: re.Match[str]) -> str:
    """The directory that the suite lies in."""
    return path[: suite.end() - 1].rpartition("/")[0]


TEST_SUITES: Fact[Mapping[str, tuple[str, ...]]] = Fact("test suites", _test_suites)
"""The directories of test suites, outermost only, by the dist-info directory of the distribution that has them."""
