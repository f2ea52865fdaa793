from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.tool_modules import TEST_IMPORTERS, TOOL_MODULES

PYTEST = distribution_files(SITE, "pytest", files={"pytest/__init__.py": b"", "_pytest/__init__.py": b""})


def needing(**modules: bytes) -> set[str]:
    files = {"pkg/__init__.py": b"", **{f"pkg/{name}.py": body for name, body in modules.items()}}
    found = site_scene(PYTEST, distribution_files(SITE, "pkg", files=files)).ask(TOOL_MODULES)
    return set(found)


def test_a_module_that_imports_a_tool_needs_it() -> None:
    assert needing(a=b"import pytest\n", b=b"from _pytest.config import x\n", c=b"import json\n") == {"pkg.a", "pkg.b"}


def test_what_imports_such_a_module_needs_the_tool_too() -> None:
    assert needing(a=b"import pytest\n", b=b"from . import a\n", c=b"from pkg.b import x\n") == {
        "pkg.a",
        "pkg.b",
        "pkg.c",
    }


def test_a_guarded_import_is_no_need() -> None:
    assert needing(a=b"try:\n    import pytest\nexcept ImportError:\n    pytest = None\n") == set()


def test_everything_in_a_package_needs_what_the_package_itself_imports() -> None:
    files = {"pkg/__init__.py": b"import pytest\n", "pkg/a.py": b""}
    found = site_scene(PYTEST, distribution_files(SITE, "pkg", files=files)).ask(TOOL_MODULES)
    assert dict(found) == dict.fromkeys(("pkg", "pkg.a"), frozenset({f"{SITE}/pytest-1.0.dist-info"}))


def test_the_modules_of_tools_are_not_told() -> None:
    other = distribution_files(SITE, "pytest-cov", files={"pytest_cov.py": b"import pytest\n"})
    assert not site_scene(PYTEST, other).ask(TOOL_MODULES)


def test_modules_that_import_a_test_package_are_known_and_a_module_called_tests_is_none() -> None:
    files = {
        "jinja2/tests.py": b"",
        "jinja2/defaults.py": b"from .tests import TESTS\n",
        "jinja2/check.py": b"from numpy.tests import x\n",
    }
    assert site_scene(distribution_files(SITE, "jinja2", files=files)).ask(TEST_IMPORTERS) == {"jinja2.check"}


def test_a_tool_that_is_not_installed_is_needed_by_its_name() -> None:
    """After pytest went, pandas' test decorators still need it: the sweep of what is left has to know."""
    files = {"pkg/__init__.py": b"", "pkg/a.py": b"import _pytest.config\n", "pkg/b.py": b"import pkg_resources\n"}
    found = site_scene(distribution_files(SITE, "pkg", files=files)).ask(TOOL_MODULES)
    assert dict(found) == {"pkg.a": frozenset({"pytest"}), "pkg.b": frozenset({"setuptools"})}


def test_a_module_that_a_library_provides_is_no_tool_whatever_its_name() -> None:
    build = distribution_files(SITE, "mine", files={"build/__init__.py": b""})
    user = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"import build\n"})
    assert not site_scene(build, user).ask(TOOL_MODULES)
