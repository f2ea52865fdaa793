"""Which test packages code outside tests imports or names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.sources import SOURCES

_TEST_PARTS = ("test", "tests", "_test", "_tests")


@dataclass(frozen=True, slots=True)
class ImportedTests:
    """Dotted names of test packages, each with the path of one source (or dist-info) that imports or names it."""

    imported: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)


def _imported_tests(scene: Scene) -> ImportedTests:
    imported: dict[str, str] = {}
    named: dict[str, str] = {}
    for source in scene.ask(SOURCES).values():
        for package in test_packages(source.imports | source.nested):
            imported.setdefault(package, source.path)
        for package in test_packages(source.quoted):
            named.setdefault(package, source.path)
    for distribution in scene.ask(DISTRIBUTIONS):
        points = (value for group in distribution.entry_points.values() for value in group.values())
        for package in test_packages(value.partition(":")[0].strip() for value in points):
            imported.setdefault(package, f"{distribution.info}/entry_points.txt")
    return ImportedTests(imported, named)


def test_packages(names: Iterable[str]) -> Iterator[str]:
    """The names cut after their first part that names tests."""
    for name in names:
        if "test" in name:
            parts = name.split(".")
            places = [place for place, part in enumerate(parts) if part in _TEST_PARTS]
            if places:
                yield ".".join(parts[: places[0] + 1])


IMPORTED_TESTS: Fact[ImportedTests] = Fact("imported tests", _imported_tests)
