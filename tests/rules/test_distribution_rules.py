"""What every rule about the files of distributions keeps, on an environment as people install it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from builders.native import library
from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.paths import is_under
from deadweight.core.plugins import found
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.importable import IMPORTABLE
from deadweight.facts.requirement_graph import REQUIREMENTS

RULES = (
    *("tests-in-distributions", "docs-in-distributions", "type-stubs", "headers", "c-sources", "static-libraries"),
    *("compiled-tests", "development-tools", "gpu-libraries", "native-symbols", "duplicate-distributions"),
)


def naive() -> Scene:
    """A service with a numeric library, a web framework, and what its developers use, all in one environment."""
    numeric = {
        "numeric/__init__.py": b"from . import core\n",
        "numeric/__init__.pyi": b"x: int\n",
        "numeric/core.py": b"import json\n",
        "numeric/py.typed": b"",
        "numeric/_fast.cpython-312-x86_64-linux-gnu.so": library(),
        "numeric/_fast.pyx": b"cdef int x\n",
        "numeric/include/numeric/a.h": b"int a;\n",
        "numeric/lib/libnumeric.a": b"!<arch>\n",
        "numeric/bin/test_api": library(20),
        "numeric/tests/__init__.py": b"",
        "numeric/tests/test_core.py": b"import pytest\n",
        "numeric/docs/guide.html": b"<p>",
        "numeric/docs/LICENSE": b"MIT",
        "numeric/testing.py": b"import pytest\n",
    }
    scripts = "[console_scripts]\npytest = pytest:main\n"
    return site_scene(
        distribution_files(SITE, "numeric", files=numeric),
        distribution_files(SITE, "web", requires=["typing-extensions", "numeric"]),
        distribution_files(SITE, "typing-extensions", files={"typing_extensions.py": b""}),
        distribution_files(SITE, "pytest", requires=["pluggy", "typing-extensions"], entry_points=scripts),
        distribution_files(SITE, "pluggy"),
        distribution_files(SITE, "black", requires=["click"]),
        distribution_files(SITE, "sphinx", requires=["jinja2", "click"]),
        distribution_files(SITE, "click"),
        distribution_files(SITE, "jinja2"),
        distribution_files(SITE, "nvidia-cublas-cu12", files={"nvidia/cublas/lib/libcublas.so.12": b"x"}),
        {"app/main.py": b"import web\n", f"{SITE}/~ld/x.py": b""},
    )


def rules() -> Iterator[Rule]:
    return (one.value for one in found("deadweight.rules", "RULE", Rule) if one.value.name in RULES)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return naive()


@pytest.fixture(scope="module")
def findings(scene: Scene) -> tuple[Finding, ...]:
    return tuple(finding for rule in rules() for finding in rule.find(scene))


def removed(findings: tuple[Finding, ...]) -> list[str]:
    edits = [edit for finding in findings for edit in finding.edits]
    return [
        path for edit in edits if edit.kind == "remove" and edit.safety is not Safety.SUGGESTED for path in edit.paths
    ]


def is_removed(path: str, findings: tuple[Finding, ...]) -> bool:
    return any(is_under(path, gone) for gone in removed(findings))


def test_every_rule_finds_its_kind_of_waste(findings: tuple[Finding, ...]) -> None:
    assert {rule.name for rule in rules()} == set(RULES)
    assert {finding.rule for finding in findings} == set(RULES)


def test_no_edit_is_weaker_than_its_rule_says(findings: tuple[Finding, ...]) -> None:
    order = list(Safety)
    weakest = {rule.name: order.index(rule.safety) for rule in rules()}
    assert all(order.index(finding.safety) <= weakest[finding.rule] for finding in findings)


def test_every_path_that_is_named_is_there(scene: Scene, findings: tuple[Finding, ...]) -> None:
    assert all(path in scene.listing for finding in findings for path in finding.paths)


def test_metadata_goes_only_with_its_whole_distribution(scene: Scene, findings: tuple[Finding, ...]) -> None:
    for one in scene.ask(DISTRIBUTIONS):
        gone = [path for path in one.files if is_removed(path, findings)]
        assert f"{one.info}/METADATA" not in gone or len(gone) == len(one.files)


def test_all_that_is_kept_finds_what_it_requires(scene: Scene, findings: tuple[Finding, ...]) -> None:
    graph = scene.ask(REQUIREMENTS)
    kept = {one.info for one in scene.ask(DISTRIBUTIONS) if not is_removed(one.info, findings)}
    assert all(need.on in kept for info in kept for need in graph.needs.get(info, ()))
    assert {info.rpartition("/")[2].partition("-")[0] for info in kept} == {"numeric", "web", "typing_extensions"}


def test_no_module_that_is_swept_is_removed(scene: Scene, findings: tuple[Finding, ...]) -> None:
    assert scene.ask(IMPORTABLE)["numeric"] == ("numeric", "numeric._fast", "numeric.core")
    for name in ("__init__.py", "core.py", "_fast.cpython-312-x86_64-linux-gnu.so", "py.typed", "docs/LICENSE"):
        assert not is_removed(f"{SITE}/numeric/{name}", findings)


def test_the_application_is_never_touched(findings: tuple[Finding, ...]) -> None:
    assert not any(path.startswith("app") for finding in findings for path in finding.paths)


def test_the_next_build_gives_the_same_fingerprints(findings: tuple[Finding, ...]) -> None:
    again = naive()
    assert [one.fingerprint for one in findings] == [one.fingerprint for rule in rules() for one in rule.find(again)]
