"""What is edited by the verdicts: sure ones only, in files that can be edited, each in its home."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.projects import declared, installed, used, verdict
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.fixing import Fixes, fixes
from deadweight.dependencies.homes import Home, home_of
from deadweight.requirements.editing.change import Addition, FileEdit, Removal

FLASK = declared("flask>=3", line=1)
ATTRS = declared("attrs>=20", line=2)


def of(items: list[Declared], *verdicts: Verdict, unsafe: bool = False) -> Fixes:
    return fixes(Declarations(tuple(items)), verdicts, installed(numpy="2.1"), unsafe=unsafe)


def test_what_is_unused_is_taken_out_where_it_stands() -> None:
    found = of([FLASK, ATTRS], verdict(Fault.UNUSED, "attrs"))
    assert found.edits() == (FileEdit("requirements.txt", (Removal("attrs", "attrs>=20", 2),)),)


def test_what_is_not_sure_is_left_to_a_person_but_where_asked() -> None:
    doubtful = verdict(Fault.UNUSED, "attrs", sure=False)
    found = of([FLASK, ATTRS], doubtful)
    assert not found.steps
    assert [one.name for one in found.skipped] == ["attrs"]
    assert len(of([FLASK, ATTRS], doubtful, unsafe=True).steps) == 1


def test_what_is_undeclared_is_put_where_the_core_is() -> None:
    found = of([FLASK], verdict(Fault.TRANSITIVE, "numpy", used("numpy")))
    assert found.edits() == (FileEdit("requirements.txt", (), (Addition("numpy", "numpy>=2.1"),)),)


def test_what_is_misplaced_goes_from_one_file_to_the_other_as_it_is_spelled() -> None:
    there = declared("pytest", Role.TEST, path="requirements-test.txt", line=1)
    spelled = replace(declared("moto[s3] >= 5", line=3), name="moto")
    found = of([FLASK, spelled, there], verdict(Fault.MISPLACED, "moto", used("moto", Role.TEST)))
    assert found.edits() == (
        FileEdit("requirements.txt", (Removal("moto", "moto[s3] >= 5", 3),)),
        FileEdit("requirements-test.txt", (), (Addition("moto", "moto[s3] >= 5"),)),
    )


def test_what_is_in_the_right_list_already_is_only_taken_out_of_the_wrong_one() -> None:
    there = declared("attrs", Role.TEST, path="requirements-test.txt", line=1)
    misplaced = Verdict(
        Fault.MISPLACED, "attrs", "only tests use it", "move", (ATTRS.place,), (used("attrs", Role.TEST),)
    )
    found = of([ATTRS, there], misplaced)
    assert [(step.verb, step.addition) for step in found.steps] == [("removed", None)]


def test_what_only_the_build_uses_is_no_extra_of_a_package() -> None:
    """httpie: setuptools among install_requires; an extra called build would be judged anew, and moved again."""
    stated = declared("setuptools", path="setup.cfg", line=50)
    found = of([stated], verdict(Fault.MISPLACED, "setuptools", used("setuptools", Role.BUILD)))
    assert not found.steps
    assert "add it by hand" in found.skipped[0].says


@pytest.mark.parametrize(("path", "says"), [("setup.py", "setup.py is code"), ("environment.yml", "not edited")])
def test_files_that_are_not_edited_are_told_of(path: str, says: str) -> None:
    found = of([declared("attrs", path=path)], verdict(Fault.UNUSED, "attrs"))
    assert not found.steps
    assert says in found.skipped[0].says


def key(text: str, path: str = "pyproject.toml", role: Role = Role.CORE, group: str = "") -> Declared:
    name = text.rpartition(".")[2] if path == "Pipfile" or "poetry" in text else "flask"
    return Declared(name, name, role, Place(path, 3, text), group, name)


@pytest.mark.parametrize(
    ("there", "core", "test"),
    [
        (
            key("project.dependencies"),
            Home("pyproject.toml", "project.dependencies"),
            Home("pyproject.toml", "dependency-groups.test"),
        ),
        (
            key("tool.poetry.dependencies.flask"),
            Home("pyproject.toml", "tool.poetry.dependencies"),
            Home("pyproject.toml", "tool.poetry.group.test.dependencies"),
        ),
        (key("packages.flask", "Pipfile"), Home("Pipfile", "packages"), Home("Pipfile", "dev-packages")),
        (
            key("install_requires", "setup.cfg"),
            Home("setup.cfg", "install_requires"),
            Home("setup.cfg", "options.extras_require.test"),
        ),
        (FLASK, Home("requirements.txt"), Home("requirements-test.txt")),
        (
            declared("flask", path="requirements/base.in"),
            Home("requirements/base.in"),
            Home("requirements/test.in"),
        ),
        (declared("flask", path="environment.yml"), Home("environment.yml"), None),
    ],
)
def test_each_way_to_state_requirements_has_a_home_for_every_list(
    there: Declared, core: Home, test: Home | None
) -> None:
    stated = Declarations((there,), files=(there.place.path,))
    assert home_of(stated, "core") == core
    assert home_of(stated, "test") == test


def test_a_list_is_put_where_most_of_it_is() -> None:
    items = (FLASK, declared("a", path="base.txt"), declared("b", path="base.txt"))
    assert home_of(Declarations(items), "core") == Home("base.txt")


def test_a_project_that_asks_for_nothing_yet_has_a_home() -> None:
    assert home_of(Declarations(files=("pyproject.toml",)), "core") == Home("pyproject.toml", "project.dependencies")
    assert home_of(Declarations(files=("requirements.txt",)), "test") == Home("requirements-test.txt")
    assert home_of(Declarations(), "core") is None
    assert home_of(Declarations((FLASK,)), "extra-fast") is None


def test_a_name_with_dots_in_a_key_is_no_part_of_the_home() -> None:
    one = Declared("zope-interface", "zope.interface", Role.CORE, Place("Pipfile", 2, "packages.zope.interface"))
    assert home_of(Declarations((one,)), "core") == Home("Pipfile", "packages")
