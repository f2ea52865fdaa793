from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.tests_in_distributions import RULE

SUITE = {"pkg/__init__.py": b"", "pkg/tests/__init__.py": b"", "pkg/tests/test_a.py": b"assert 1\n"}


def test_finds_a_suite_that_nothing_imports() -> None:
    found = only(RULE, site_scene(distribution_files(SITE, "pkg", files=SUITE)))
    assert found.paths == (f"{SITE}/pkg/tests",)
    assert (found.owner, found.size, found.safety) == ("pkg 1.0", 9, Safety.SAFE)
    assert found.confidence is Confidence.CERTAIN
    assert found.edits[0].kind == "remove"


def test_finds_bytecode_of_the_suite_with_it() -> None:
    scene = site_scene(
        distribution_files(SITE, "pkg", files=SUITE), {f"{SITE}/pkg/tests/__pycache__/test_a.pyc": b"12345"}
    )
    assert only(RULE, scene).size == 14


def test_leaves_testing_packages_and_modules_called_tests() -> None:
    files = {"numpy/testing/test_support.py": b"", "numpy/tests.py": b"", "numpy/__init__.py": b""}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "numpy", files=files)))


def test_leaves_a_suite_that_another_distribution_imports() -> None:
    """numpy._core.tests is imported by scipy's copy of array_api_compat."""
    other = distribution_files(SITE, "scipy", files={"scipy/x.py": b"from pkg.tests import helper\n"})
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=SUITE), other))


def test_leaves_a_suite_that_the_application_imports_in_a_function() -> None:
    application = {"app/main.py": b"def f():\n    import pkg.tests.test_a\n"}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=SUITE), application))


def test_leaves_a_suite_that_an_entry_point_names() -> None:
    points = "[console_scripts]\ncheck = pkg.tests.test_a:main\n"
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=SUITE, entry_points=points)))


def test_finds_a_suite_that_a_string_names_only_to_be_proven() -> None:
    application = {"app/main.py": b"PLUGIN = 'pkg.tests'\n"}
    found = only(RULE, site_scene(distribution_files(SITE, "pkg", files=SUITE), application))
    assert (found.safety, found.confidence) == (Safety.PROVEN, Confidence.POSSIBLE)
    assert found.evidence[-1].where == "app/main.py"


def test_finds_a_suite_whose_place_is_joined_only_to_be_proven() -> None:
    files = {**SUITE, "pkg/data.py": b"PATH = join(dirname(__file__), 'tests')\n"}
    assert only(RULE, site_scene(distribution_files(SITE, "pkg", files=files))).safety is Safety.PROVEN


def test_finds_only_its_own_files_in_a_directory_that_two_distributions_share() -> None:
    one = distribution_files(SITE, "one", files={"tests/test_one.py": b"1"})
    two = distribution_files(SITE, "two", files={"tests/test_two.py": b"22"})
    found = {finding.owner: finding.paths for finding in RULE.find(site_scene(one, two))}
    assert found == {"one 1.0": (f"{SITE}/tests/test_one.py",), "two 1.0": (f"{SITE}/tests/test_two.py",)}


def test_leaves_the_application_own_tests() -> None:
    assert not found_paths(RULE, site_scene({"app/tests/test_main.py": b"", "app/main.py": b""}))
