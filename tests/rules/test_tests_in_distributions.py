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


def test_leaves_the_tests_of_a_project_that_kedro_makes_from_its_skeleton() -> None:
    """kedro/templates/project/{{ cookiecutter.repo_name }}/tests is what `kedro new` writes."""
    skeleton = "kedro/templates/project/{{ cookiecutter.repo_name }}/tests"
    files = {
        "kedro/__init__.py": b"",
        "kedro/templates/__init__.py": b"",
        f"{skeleton}/__init__.py": b"",
        f"{skeleton}/test_run.py": b"assert 1\n",
    }
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "kedro", files=files)))


def test_finds_the_suite_of_a_package_in_a_namespace() -> None:
    files = {"google/cloud/x/__init__.py": b"", "google/cloud/x/tests/test_a.py": b"1"}
    scene = site_scene(distribution_files(SITE, "google-x", files=files))
    assert found_paths(RULE, scene) == {f"{SITE}/google/cloud/x/tests"}


def test_finds_a_suite_without_an_init_of_its_own() -> None:
    scene = site_scene(distribution_files(SITE, "a", files={"a/__init__.py": b"", "a/tests/test_a.py": b"1"}))
    assert found_paths(RULE, scene) == {f"{SITE}/a/tests"}


def test_finds_the_suite_of_one_copy_and_leaves_that_of_the_other_in_what_imports_it() -> None:
    """A vendored copy has a name of its own: importing the other's tests does not import these."""
    files = {"a/__init__.py": b"import b.tests\n", "a/vendor/__init__.py": b"", "a/vendor/b/__init__.py": b""}
    vendored = {**files, "a/vendor/b/tests/test_b.py": b"1"}
    other = distribution_files(SITE, "b", files={"b/__init__.py": b"", "b/tests/test_b.py": b"1"})
    scene = site_scene(distribution_files(SITE, "a", files=vendored), other)
    assert found_paths(RULE, scene) == {f"{SITE}/a/vendor/b/tests"}
