"""Requirements files with all that they include, and what each is for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.declared import asked_of, lines_of, project_of, stated_in
from deadweight.core.errors import UsageError
from deadweight.core.requirement import Role
from deadweight.requirements.declarations import declarations
from deadweight.requirements.roles import role_of_extra, role_of_file, role_of_group


def test_a_list_is_read_with_its_lines(tmp_path: Path) -> None:
    text = "# head\n\nflask>=2  # web\nrequests==2.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nnumpy\n"
    stated = stated_in(tmp_path, {"requirements.txt": text})
    assert lines_of(stated) == [
        "core: flask>=2 @ requirements.txt:3",
        "core: requests==2.0 @ requirements.txt:4",
        "core: numpy @ requirements.txt:7",
    ]
    assert stated.items[1].hashes == ("sha256:aa", "sha256:bb")
    assert stated.files == ("requirements.txt",)


def test_what_is_included_is_read_from_beside_the_file_that_includes_it(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r requirements/base.txt\n",
        "requirements/base.txt": "-r deeper/more.txt\n-c ../bounds.txt\nflask\n",
        "requirements/deeper/more.txt": "numpy\n",
        "bounds.txt": "flask<3\n",
    }
    assert sorted(lines_of(stated_in(tmp_path, files))) == [
        "<=core: flask<3 @ bounds.txt:1",
        "core: flask @ requirements/base.txt:3",
        "core: numpy @ requirements/deeper/more.txt:1",
    ]


def test_a_list_that_two_others_include_is_read_once_and_keeps_its_foremost_role(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\n",
        "requirements-dev.txt": "-r requirements.txt\npytest\n",
        "requirements-docs.txt": "-r requirements.txt\nsphinx\n",
    }
    assert sorted(asked_of(stated_in(tmp_path, files))) == [
        "core: flask",
        "development: pytest",
        "documentation: sphinx",
    ]


def test_what_the_core_includes_is_core_whatever_its_file_is_called(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r requirements/test.txt\n", "requirements/test.txt": "pytest\n"}
    assert lines_of(stated_in(tmp_path, files)) == ["core: pytest @ requirements/test.txt:1"]


def test_a_line_that_stands_twice_is_kept_twice(tmp_path: Path) -> None:
    stated = stated_in(tmp_path, {"requirements.txt": "flask\nflask\nflask>=2\n"})
    assert [one.place.line for one in stated.items] == [1, 2, 3]


def test_options_ask_for_nothing(tmp_path: Path) -> None:
    text = "--index-url https://h/simple\n--extra-index-url https://h\n--no-binary :all:\n-f https://h\n--pre\nflask\n"
    assert asked_of(stated_in(tmp_path, {"requirements.txt": text})) == ["core: flask"]


def test_the_project_itself_is_no_requirement_and_its_extras_are_included(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "Mine"\n[project.optional-dependencies]\nfast = ["orjson"]\n',
        "requirements.txt": "-e .[fast]\nflask\n",
    }
    stated = stated_in(tmp_path, files)
    assert asked_of(stated) == ["extra: orjson", "core: flask"]
    assert stated.includes == {"": ("fast",)}


def test_an_editable_requirement_keeps_where_it_lies(tmp_path: Path) -> None:
    files = {"requirements.txt": "-e ./lib\n", "lib/setup.cfg": "[metadata]\nname = lib\n"}
    (one,) = stated_in(tmp_path, files).items
    assert (one.name, one.path, one.is_editable, one.spelled) == ("lib", "lib", True, "./lib")


def test_a_list_that_lies_elsewhere_is_said_not_to_be_read(tmp_path: Path) -> None:
    stated = stated_in(tmp_path, {"requirements.txt": "-r https://h/more.txt\n-c ${BOUNDS}/c.txt\nflask\n"})
    assert asked_of(stated) == ["core: flask"]
    assert [gap.where for gap in stated.gaps] == ["requirements.txt:1", "requirements.txt:2"]


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask==\n--loud\n-r missing.txt\nnumpy\n",
        "requirements-dev.txt": "pytest; nonsense == '1'\n",
    }
    with pytest.raises(UsageError) as caught:
        stated_in(tmp_path, files)
    for told in (
        "requirements.txt:1: 'flask=='",
        "requirements.txt:2: --loud is no option",
        "requirements.txt:3: missing.txt cannot be read",
        "requirements-dev.txt:1: ",
    ):
        assert told in caught.value.message
    assert caught.value.exit_code == 2


def test_a_circle_of_includes_is_named(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r a.txt\n", "a.txt": "-r b.txt\n", "b.txt": "flask\n-r a.txt\n"}
    with pytest.raises(UsageError, match=r"a\.txt -> b\.txt -> a\.txt") as caught:
        stated_in(tmp_path, files)
    assert caught.value.where == "b.txt:2"


def test_a_list_that_includes_itself_is_a_circle(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"requirements\.txt -> requirements\.txt"):
        stated_in(tmp_path, {"requirements.txt": "-r requirements.txt\n"})


def test_a_list_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no utf-8 text at byte 6"):
        stated_in(tmp_path, {"requirements.txt": b"flask\n\xff\n"})


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert asked_of(stated_in(tmp_path, {"requirements.txt": "﻿flask\n".encode()})) == ["core: flask"]
    assert asked_of(stated_in(tmp_path, {"requirements.txt": "flask\n".encode("utf-16")})) == ["core: flask"]


def test_what_pip_froze_is_read(tmp_path: Path) -> None:
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "freeze", "--all"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    kept = "".join(line + "\n" for line in frozen.splitlines() if not line.startswith("#"))
    lines = [line for line in kept.splitlines() if not line.startswith("-e")]
    stated = stated_in(tmp_path, {"requirements.txt": kept})
    assert [one.spelled for one in stated.items if not one.is_editable] == lines
    assert all(one.parsed.specifier or one.parsed.url or one.path for one in stated.items)


@pytest.mark.parametrize(
    ("path", "role", "group"),
    [
        ("requirements.txt", Role.CORE, ""),
        ("requirements.in", Role.CORE, ""),
        ("requirements-prod.txt", Role.CORE, ""),
        ("requirements/base.txt", Role.CORE, ""),
        ("requirements-py311.txt", Role.CORE, ""),
        ("app/requirements.txt", Role.CORE, ""),
        ("requirements-dev.txt", Role.DEVELOPMENT, "dev"),
        ("dev-requirements.txt", Role.DEVELOPMENT, "dev"),
        ("requirements_dev.txt", Role.DEVELOPMENT, "dev"),
        ("requirements/lint.txt", Role.DEVELOPMENT, "lint"),
        ("requirements-ci.txt", Role.TEST, "ci"),
        ("requirements/test.txt", Role.TEST, "test"),
        ("test-requirements.txt", Role.TEST, "test"),
        ("tests/requirements.txt", Role.TEST, "test"),
        ("requirements/docs.txt", Role.DOCUMENTATION, "docs"),
        ("docs/requirements.txt", Role.DOCUMENTATION, "documentation"),
        ("requirements-mypy.txt", Role.TYPING, "mypy"),
        ("requirements-build.txt", Role.BUILD, "build"),
        ("requirements-gpu.txt", Role.EXTRA, "gpu"),
        ("examples/requirements.txt", Role.DEVELOPMENT, "development"),
        (".github/requirements.txt", Role.DEVELOPMENT, "development"),
    ],
)
def test_what_a_file_is_for_is_told_by_its_name_and_folder(path: str, role: Role, group: str) -> None:
    assert role_of_file(path) == (role, group)


@pytest.mark.parametrize(
    ("name", "extra", "group"),
    [
        ("test", Role.TEST, Role.TEST),
        ("testing", Role.TEST, Role.TEST),
        ("docs", Role.DOCUMENTATION, Role.DOCUMENTATION),
        ("lint", Role.DEVELOPMENT, Role.DEVELOPMENT),
        ("typing", Role.TYPING, Role.TYPING),
        ("type-check", Role.EXTRA, Role.TYPING),
        ("gpu", Role.EXTRA, Role.DEVELOPMENT),
        ("jupyter", Role.EXTRA, Role.DEVELOPMENT),
        ("build", Role.EXTRA, Role.BUILD),
    ],
)
def test_an_extra_is_for_users_unless_its_name_says_otherwise(name: str, extra: Role, group: Role) -> None:
    assert (role_of_extra(name), role_of_group(name)) == (extra, group)


def test_lists_of_fixtures_and_of_other_projects_within_say_nothing(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\n",
        "tests/fixtures/requirements.txt": "<<< broken\n",
        "services/other/requirements.txt": "django\n",
        "other/pyproject.toml": "[[[\n",
        ".venv/lib/requirements.txt": "numpy\n",
        "env2/pyvenv.cfg": "",
        "env2/requirements.txt": "numpy\n",
    }
    assert asked_of(stated_in(tmp_path, files)) == ["core: flask"]


def test_a_list_deep_in_the_folders_counts_where_there_is_no_other(tmp_path: Path) -> None:
    assert asked_of(stated_in(tmp_path, {"services/api/requirements.txt": "flask\n"})) == ["core: flask"]


def test_a_folder_without_any_list_declares_nothing_and_names_no_file(tmp_path: Path) -> None:
    stated = declarations(project_of(tmp_path, {"main.py": "import flask\n"}))
    assert (stated.items, stated.files, stated.gaps) == ((), (), ())
