"""pyproject.toml and Pipfile edited: arrays and tables, comments and order kept."""

from __future__ import annotations

import tomllib

import pytest

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.editing.toml import edited_toml
from deadweight.requirements.writing.groups import Line, with_groups

PROJECT = """# the head
[project]
name = "service"  # ours
dependencies = [
    # the web
    "flask>=3",  # serves
    "requests",
    "attrs>=20",  # values
]

[project.optional-dependencies]
fast = ["uvloop", "httptools"]  # both

[dependency-groups]
test = [
    "pytest",
    { include-group = "lint" },
]
lint = ["ruff"]

[tool.other]
key = 1  # untouched
"""

POETRY = """[tool.poetry]
name = "service"

[tool.poetry.dependencies]
python = "^3.11"
# the web
flask = "^3"  # serves
django = { version = "^4", extras = ["argon2"] }

[tool.poetry.group.dev.dependencies]
pytest = "*"
"""


def edit(text: str, *changes: Removal | Addition, path: str = "pyproject.toml") -> str:
    removals = tuple(one for one in changes if isinstance(one, Removal))
    additions = tuple(one for one in changes if isinstance(one, Addition))
    return edited_toml(text, FileEdit(path, removals, additions))


def test_one_of_an_array_goes_with_the_comment_behind_it() -> None:
    after = edit(PROJECT, Removal("flask", "flask>=3", 6, "project.dependencies"))
    assert after == PROJECT.replace('    "flask>=3",  # serves\n', "")


def test_one_of_an_array_on_a_line_goes_and_the_line_stays() -> None:
    after = edit(PROJECT, Removal("uvloop", "uvloop", 12, "project.optional-dependencies.fast"))
    assert 'fast = ["httptools"]  # both' in after


def test_one_of_a_group_with_includes_goes() -> None:
    after = edit(PROJECT, Removal("pytest", "pytest", 16, "dependency-groups.test"))
    assert tomllib.loads(after)["dependency-groups"]["test"] == [{"include-group": "lint"}]


@pytest.mark.parametrize(
    ("key", "table", "name"),
    [
        ("project.dependencies", "project", "dependencies"),
        ("dependency-groups.lint", "dependency-groups", "lint"),
        ("dependency-groups.docs", "dependency-groups", "docs"),
    ],
)
def test_one_is_put_into_an_array_that_is_there_or_not(key: str, table: str, name: str) -> None:
    after = edit(PROJECT, Addition("numpy", "numpy>=2.1", key))
    before, now = tomllib.loads(PROJECT)[table].get(name, []), tomllib.loads(after)[table][name]
    assert [one for one in now if one != "numpy>=2.1"] == before
    assert "numpy>=2.1" in now
    assert all(line in after for line in ("# the head", "# the web", "# serves", "# values", "# both", "# untouched"))


def test_a_sorted_array_stays_sorted() -> None:
    text = '[project]\ndependencies = [\n    "attrs",\n    "flask",\n]\n'
    after = edit(text, Addition("black", "black", "project.dependencies"))
    assert after == '[project]\ndependencies = [\n    "attrs",\n    "black",\n    "flask",\n]\n'


def test_one_of_poetry_goes_as_a_key_and_comes_as_one() -> None:
    gone = edit(POETRY, Removal("flask", 'flask = "^3"', 7, "tool.poetry.dependencies.flask"))
    assert gone == POETRY.replace('flask = "^3"  # serves\n', "")
    more = edit(
        POETRY,
        Addition("numpy", "numpy>=2.1", "tool.poetry.dependencies"),
        Addition("black", "black", "tool.poetry.group.lint.dependencies"),
        Addition("uvicorn", "uvicorn[standard]>=0.3; sys_platform == 'linux'", "tool.poetry.dependencies"),
    )
    poetry = tomllib.loads(more)["tool"]["poetry"]
    assert poetry["dependencies"]["numpy"] == ">=2.1"
    assert poetry["group"]["lint"]["dependencies"] == {"black": "*"}
    assert poetry["dependencies"]["uvicorn"] == {
        "version": ">=0.3",
        "extras": ["standard"],
        "markers": 'sys_platform == "linux"',
    }


def test_a_pipfile_is_edited_by_its_categories() -> None:
    text = '[packages]\nflask = "*"  # web\n"zope.interface" = ">=5"\n\n[dev-packages]\n'
    removals = (Removal("zope-interface", "zope.interface", 3, "packages.zope.interface"),)
    after = edited_toml(text, FileEdit("Pipfile", removals, (Addition("pytest", "pytest", "dev-packages"),)))
    assert tomllib.loads(after) == {"packages": {"flask": "*"}, "dev-packages": {"pytest": "*"}}
    assert "# web" in after


@pytest.mark.parametrize(
    "removal",
    [
        Removal("flask", "flask>=4", 6, "project.dependencies"),
        Removal("flask", "flask>=3", 6, "project.nothing"),
        Removal("flask", "flask>=3", 6, "nowhere.at.all"),
    ],
)
def test_what_is_not_there_as_it_was_read_is_refused(removal: Removal) -> None:
    with pytest.raises(UsageError, match="not there as it was read"):
        edit(PROJECT, removal)


def test_broken_toml_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match=r"pyproject.toml: it is no TOML: .*line 2"):
        edit("[project]\nname = \n", Removal("a", "a", 1, "project.dependencies"))


def test_groups_take_the_place_of_the_old_ones_and_all_else_stays() -> None:
    core = [Line("flask>=3"), Line("numpy>=2", "added: numpy is\nimported")]
    after = with_groups(PROJECT, core, {"test": [Line("pytest")], "docs": []})
    read = tomllib.loads(after)
    assert read["project"]["dependencies"] == ["flask>=3", "numpy>=2"]
    assert read["dependency-groups"] == {"test": ["pytest"], "docs": []}
    assert "# added: numpy is imported" in after
    assert read["tool"] == {"other": {"key": 1}}
    assert read["project"]["optional-dependencies"] == {"fast": ["uvloop", "httptools"]}


def test_without_a_project_table_the_core_is_a_group() -> None:
    after = with_groups("[tool.other]\nkey = 1\n", [Line("flask")], {"test": [Line("pytest")]})
    assert tomllib.loads(after)["dependency-groups"] == {"core": ["flask"], "test": ["pytest"]}


def test_dynamic_dependencies_are_not_overruled() -> None:
    with pytest.raises(UsageError, match="dynamic"):
        with_groups('[project]\nname = "x"\ndynamic = ["dependencies"]\n', [], {})
