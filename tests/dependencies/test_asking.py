"""What is asked for: the core, and the groups that are named with all that they include."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.projects import declared
from deadweight.core.errors import UsageError
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.dependencies.asking import asked, bounds, group_names, texts

STATED = Declarations(
    (
        declared("flask>=3"),
        declared("pytest", Role.TEST),
        Declared("ruff", "ruff", Role.DEVELOPMENT, Place("pyproject.toml", 9), "lint"),
        Declared("uvloop", "uvloop", Role.EXTRA, Place("pyproject.toml", 7), "fast"),
        Declared("idna", "idna<4", Role.CORE, Place("constraints.txt", 1), is_constraint=True),
    ),
    includes={"test": ("lint",), "lint": ("test",)},
    extras=("fast",),
)


def names(*groups: str) -> list[str]:
    return [one.name for one in asked(STATED, groups)]


def test_the_core_alone_is_asked_for_where_nothing_is_named() -> None:
    assert names() == ["flask"]


def test_a_group_brings_what_it_includes_and_a_circle_ends() -> None:
    assert names("test") == ["flask", "pytest", "ruff"]
    assert names("Fast") == ["flask", "uvloop"]


def test_a_group_that_is_not_there_is_told_with_those_near() -> None:
    with pytest.raises(UsageError, match="no extra and no group is called 'tset'") as told:
        names("tset")
    assert told.value.advice == "Did you mean test?"
    assert group_names(STATED) == ("fast", "lint", "test")


def test_constraints_bound_and_ask_for_nothing() -> None:
    assert bounds(STATED) == ("idna<4",)


def test_a_local_requirement_is_given_by_the_address_of_its_folder(tmp_path: Path) -> None:
    local = Declared("mine", "mine[fast]; python_version > '3.8'", Role.CORE, Place("r.txt"), path="libs/mine")
    assert texts((local, local), tmp_path) == (
        f'mine[fast] @ {(tmp_path / "libs/mine").as_uri()} ; python_version > "3.8"',
    )
