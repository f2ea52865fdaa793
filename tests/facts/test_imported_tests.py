from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.imported_tests import IMPORTED_TESTS


def test_an_import_of_a_test_package_is_found_wherever_it_stands() -> None:
    files = {"scipy/_lib/array.py": b"def f():\n    from numpy._core.tests import _natype\n"}
    found = site_scene(distribution_files(SITE, "scipy", files=files)).ask(IMPORTED_TESTS)
    assert found.imported == {"numpy._core.tests": f"{SITE}/scipy/_lib/array.py"}


def test_a_relative_import_of_tests_is_found() -> None:
    files = {"pkg/__init__.py": b"from . import tests\n", "pkg/run.py": b"from .sub.tests.suite import main\n"}
    found = site_scene(distribution_files(SITE, "pkg", files=files)).ask(IMPORTED_TESTS)
    assert set(found.imported) == {"pkg.tests", "pkg.sub.tests"}


def test_an_entry_point_into_tests_is_an_import() -> None:
    parts = distribution_files(SITE, "pkg", entry_points="[console_scripts]\ncheck = pkg.tests.run:main\n")
    assert set(site_scene(parts).ask(IMPORTED_TESTS).imported) == {"pkg.tests"}


def test_tests_named_in_a_string_are_named_and_not_imported() -> None:
    found = site_scene({"app/main.py": b"load('pkg.tests.data')\n"}).ask(IMPORTED_TESTS)
    assert (dict(found.imported), dict(found.named)) == ({}, {"pkg.tests": "app/main.py"})


def test_testing_packages_are_no_tests() -> None:
    assert site_scene({"app/main.py": b"import numpy.testing\n"}).ask(IMPORTED_TESTS).imported == {}
