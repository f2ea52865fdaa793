"""Finds the test suites that installed distributions carry.

Why it weighs
-------------
A wheel often holds its project's whole test suite with its data. Nothing in production runs it. In an environment of
172 distributions it was 149 MB of 1,642 MB, and with bytecode another 93 MB.

Evidence
--------
A directory called `test`, `tests` or `_tests` in the RECORD of a distribution, with a test module in it, that no
source outside tests imports: every Python source of every distribution and of the application was read for that. A
suite that other code imports (`numpy._core.tests` through scipy) or an entry point names is left where it is.
Directories called `testing` are what a library offers to others and are never touched.

Edit
----
Removes the directory. Safe; proven where some source names the suite as a string, or joins a path with it.

Source
------
Measured: dependencies, 172 distributions. numpy#19591, scikit-learn#31391 (upstream will not drop them soon).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.imported_tests import IMPORTED_TESTS, ImportedTests
from deadweight.facts.sources import SPOKEN
from deadweight.facts.suites import TEST_SUITES
from deadweight.rules.distribution_files import held_by, own_paths
from deadweight.rules.reporting import Waste, finding

_NAME = "tests-in-distributions"


def _find(scene: Scene) -> Iterator[Finding]:
    suites = scene.ask(TEST_SUITES)
    if not suites:
        return
    imported = scene.ask(IMPORTED_TESTS)
    for distribution in scene.ask(DISTRIBUTIONS):
        unused = [path for path in suites.get(distribution.info, ()) if not _importer(distribution, path, imported)]
        named = {path: where for path in unused if (where := _naming(scene, distribution, path, imported))}
        quiet = [path for path in unused if path not in named]
        if quiet:
            yield _report(scene, distribution, quiet, "")
        for where in sorted(set(named.values())):
            yield _report(scene, distribution, [path for path in named if named[path] == where], where)


def _report(scene: Scene, distribution: Distribution, suites: list[str], named_in: str) -> Finding:
    group = held_by(distribution, own_paths(scene, distribution, suites))
    evidence = [Evidence("no source outside tests imports it", path) for path in suites]
    if named_in:
        evidence.append(Evidence("names the suite as a string", named_in))
    confidence, safety = (Confidence.POSSIBLE, Safety.PROVEN) if named_in else (Confidence.CERTAIN, Safety.SAFE)
    return finding(scene, _NAME, group, Waste("a test suite that nothing imports", tuple(evidence), confidence, safety))


def _dotted(distribution: Distribution, suite: str) -> str:
    return suite[len(distribution.site) + 1 if distribution.site else 0 :].replace("/", ".")


def _importer(distribution: Distribution, suite: str, tests: ImportedTests) -> str:
    """Where the suite is imported, empty for nowhere."""
    return tests.imported.get(_dotted(distribution, suite), "")


def _naming(scene: Scene, distribution: Distribution, suite: str, tests: ImportedTests) -> str:
    """The source that names the suite in a string: dotted, or as part of a path in a directory above it."""
    named = tests.named.get(_dotted(distribution, suite), "")
    above, _, name = suite.rpartition("/")
    beside = (
        path
        for path in scene.ask(SPOKEN).get((distribution.info, name), ())
        if f"{above}/".startswith(path.rpartition("/")[0] + "/")
    )
    return named or next(beside, "")


RULE: Rule = Rule(_NAME, "test suites inside installed distributions", Safety.PROVEN, _find)
