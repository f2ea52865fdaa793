"""A project's own files edited: shown first, checked, all or none, and a second time nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.command import names, state
from builders.projects import project_at
from deadweight.core.errors import UsageError
from deadweight.pipeline.dependencies.chosen import chosen
from deadweight.pipeline.dependencies.fixing import Fixed, apply, fixed

APP = {
    "app/__init__.py": "",
    "app/main.py": "import flask\nimport markupsafe\n",
    "tests/test_app.py": "import pytest\n",
}
LIST = "# what it needs\nflask>=3  # web\nattrs>=20\n\n# for tests\npytest\n"
PROJECT = """[project]
name = "service"  # ours
version = "1"
dependencies = [
    "flask>=3",  # web
    "attrs>=20",
    "pytest",
]

[dependency-groups]
test = ["hypothesis"]  # properties
"""
POETRY = """[tool.poetry]
name = "service"
version = "1"

[tool.poetry.dependencies]
python = "^3.11"
flask = "^3"  # web
attrs = "^20"
pytest = "*"
"""
SETUP = """[metadata]
name = service

[options]
packages = app
install_requires =
    flask>=3
    attrs>=20
    pytest
"""
PIPFILE = """[packages]
flask = ">=3"  # web
attrs = "*"
pytest = "*"

[dev-packages]
"""
STATED = {
    "requirements.txt": LIST,
    "pyproject.toml": PROJECT,
    "setup.cfg": SETUP,
    "Pipfile": PIPFILE,
    "poetry": POETRY,
}


def service(folder: Path, stated: str) -> Path:
    path = "pyproject.toml" if stated == "poetry" else stated
    return project_at(folder, {**APP, path: STATED[stated], "tests/test_more.py": "import hypothesis\n"})


def edits(folder: Path) -> Fixed:
    return fixed(chosen(folder, None), lambda room: chosen(room, None))


def declared(folder: Path) -> set[tuple[str, bool]]:
    items = chosen(folder, None).project.declarations.items
    return {(one.name, one.role.runs) for one in items if one.role.value != "build"}


@pytest.mark.parametrize("stated", STATED)
def test_every_way_to_state_requirements_comes_out_as_it_should(tmp_path: Path, stated: str) -> None:
    folder = service(tmp_path, stated)
    what = edits(folder)
    apply(folder, what)
    found = declared(folder)
    assert ("attrs", True) not in found
    assert {("flask", True), ("pytest", False)} <= found
    assert ("pytest", True) not in found


@pytest.mark.parametrize("stated", STATED)
def test_a_second_run_changes_nothing(tmp_path: Path, stated: str) -> None:
    folder = service(tmp_path, stated)
    apply(folder, edits(folder))
    before = state(folder)
    again = edits(folder)
    assert (again.after, again.difference()) == ({}, "")
    apply(folder, again)
    assert state(folder) == before


def test_nothing_is_written_before_it_is_applied_and_the_diff_says_what_would_be(tmp_path: Path) -> None:
    folder = service(tmp_path, "requirements.txt")
    before = state(folder)
    what = edits(folder)
    assert state(folder) == before
    lines = what.difference().splitlines()
    assert lines[:2] == ["--- a/requirements.txt", "+++ b/requirements.txt"]
    assert {"-attrs>=20", "-# for tests", "-pytest", "+pytest"} <= set(lines)
    assert "--- /dev/null" in lines


def test_comments_of_what_stays_stay(tmp_path: Path) -> None:
    folder = service(tmp_path, "requirements.txt")
    apply(folder, edits(folder))
    assert (folder / "requirements.txt").read_text().startswith("# what it needs\nflask>=3  # web\n")
    assert names(folder) == ["app", "requirements-test.txt", "requirements.txt", "tests"]


def test_a_file_that_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    folder = service(tmp_path, "requirements.txt")
    what = edits(folder)
    (folder / "requirements.txt").write_text("mine\n")
    with pytest.raises(UsageError, match="changed meanwhile"):
        apply(folder, what)
    assert (folder / "requirements.txt").read_text() == "mine\n"
    assert not (folder / "requirements-test.txt").exists()


def test_setup_py_is_never_edited(tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(name='service', install_requires=['flask', 'attrs'])\n"
    folder = project_at(tmp_path, {"setup.py": setup, "app/__init__.py": "", "app/main.py": "import flask\n"})
    what = edits(folder)
    assert not what.after
    assert "setup.py is code" in what.fixes.skipped[0].says


def test_a_list_that_two_files_share_is_edited_where_it_stands(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r base.txt\nflask\n", "base.txt": "attrs\n", **APP}
    folder = project_at(tmp_path, files)
    apply(folder, edits(folder))
    assert "attrs" not in (folder / "base.txt").read_text()
    assert (folder / "requirements.txt").read_text().splitlines()[:2] == ["-r base.txt", "flask"]


def test_what_its_own_settings_ignore_is_left_alone(tmp_path: Path) -> None:
    text = PROJECT + '\n[tool.deadweight.deps]\nignore = ["attrs", "misplaced"]\n'
    folder = project_at(tmp_path, {**APP, "pyproject.toml": text})
    assert ("attrs", True) in {
        *declared(folder),
    }
    apply(folder, edits(folder))
    assert {("attrs", True), ("pytest", True)} <= declared(folder)


def test_a_project_with_local_parts_reads_back(tmp_path: Path) -> None:
    part = '[project]\nname = "part"\nversion = "1"\n'
    files = {"requirements.txt": "flask\nattrs\n-e ./libs/part\n", "libs/part/pyproject.toml": part, **APP}
    folder = project_at(tmp_path, {**files, "libs/part/part.py": "x = 1\n"})
    what = edits(folder)
    apply(folder, what)
    assert "attrs" not in (folder / "requirements.txt").read_text()
