from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.suites import TEST_SUITES, is_test


@pytest.mark.parametrize(
    "path", ["numpy/tests/data/x.csv", "a/test/b.py", "pkg/test_x.py", "pkg/x_test.py", "conftest.py"]
)
def test_test_code_is_known_by_its_directory_or_its_name(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize("path", ["numpy/testing/__init__.py", "jinja2/tests.py", "pkg/latest/x.py", "pkg/contest.py"])
def test_what_only_sounds_like_tests_is_none(path: str) -> None:
    assert not is_test(path)


def test_suites_are_the_outermost_directories_with_a_test_module() -> None:
    files = {
        "a/__init__.py": b"",
        "a/tests/__init__.py": b"",
        "a/tests/unit/test_x.py": b"",
        "a/sub/__init__.py": b"",
        "a/sub/tests/test_y.py": b"",
        "a/skeleton/tests/test_z.py": b"",
        "a/data/test/table.csv": b"1,2",
    }
    scene = site_scene(distribution_files(SITE, "a", files=files))
    assert list(scene.ask(TEST_SUITES).values()) == [(f"{SITE}/a/sub/tests", f"{SITE}/a/tests")]


def test_a_test_package_without_test_modules_is_an_interface() -> None:
    """django.test is what a project's tests import; it holds no test of Django."""
    scene = site_scene(
        distribution_files(SITE, "django", files={"django/test/client.py": b"", "django/test/__init__.py": b""})
    )
    assert scene.ask(TEST_SUITES) == {}
