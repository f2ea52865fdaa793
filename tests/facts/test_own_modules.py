from __future__ import annotations

from deadweight.facts.own_modules import own_modules, regular_modules, roots


def test_packages_of_a_flat_project_and_below_sources_are_its_own() -> None:
    files = [
        "app/__init__.py",
        "main.py",
        "src/pkg/__init__.py",
        "src/single.py",
        "lib/old.py",
        "data/a.json",
        "a-b.py",
    ]
    assert own_modules(files) == {"app", "main", "src", "pkg", "single", "lib", "old"}


def test_a_project_within_the_project_has_its_own_too() -> None:
    files = ["pyproject.toml", "packages/one/pyproject.toml", "packages/one/src/inner/__init__.py"]
    assert roots(files) == ("", "packages/one/")
    assert "inner" in own_modules(files)


def test_a_project_of_fixtures_is_none() -> None:
    files = ["pyproject.toml", "tests/fixtures/one/pyproject.toml", "tests/fixtures/one/build.py"]
    assert "build" not in own_modules(files)


def test_a_folder_without_init_is_no_regular_package() -> None:
    files = ["alembic/env.py", "app/__init__.py", "main.py", "src/pkg/__init__.py", "src/pkg/inner/__init__.py"]
    assert regular_modules(files) == {"app", "main", "pkg"}


def test_extension_modules_and_stubs_are_its_own() -> None:
    assert own_modules(["fast.pyx", "stub.pyi", "src/done.cpython-311-x86_64-linux-gnu.so"]) >= {"fast", "stub", "done"}
