"""What is asked for from outside."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.installations import MARKERS, install, part, virtual_environment
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.dependencies.graph import graph_of
from deadweight.dependencies.node import Part
from deadweight.dependencies.parts import parts_of_environment
from deadweight.dependencies.roots import NOBODY, roots_of_environment, roots_of_parts, roots_of_project
from deadweight.requirements.environment import read_environment

NAMES = "abcdefg"
PARTS = st.lists(
    st.builds(part, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    unique_by=lambda one: one.name,
)


def declared(requirement: str, group: str = "") -> Declared:
    name = requirement.split(";")[0].split("[")[0].strip()
    return Declared(name, requirement, Role.EXTRA if group else Role.CORE, Place("pyproject.toml", 3), group)


@settings(max_examples=200, derandomize=True)
@given(PARTS)
def test_what_nothing_leads_to_leads_to_everything(parts: list[Part]) -> None:
    asks = roots_of_parts(parts, MARKERS)
    assert not graph_of(parts, asks, MARKERS).unasked
    rest = [graph_of(parts, [one for one in asks if one != ask], MARKERS) for ask in asks]
    assert all(less.unasked for less in rest)


def test_of_an_environment_what_was_installed_by_name_and_what_is_left_over(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "app", requires=["lib"], more={"REQUESTED": ""})
    install(site, "lib")
    install(site, "orphan", requires=["low"])
    install(site, "low")
    found = read_environment(tmp_path)
    asks = roots_of_environment(found, parts_of_environment(found))
    assert [(one.name, one.said == NOBODY) for one in asks] == [("app", False), ("orphan", True)]


def test_an_extra_of_which_something_is_not_there_was_not_installed() -> None:
    stated = Declarations((declared("a"), declared("gone"), declared("b", "full"), declared("gone", "docs")))
    found = roots_of_project(stated, [part("a"), part("b")], MARKERS)
    assert [one.requirement for one in found.asks] == ["a", "gone", "b"]
    assert found.absent == {"docs": ("gone",)}


def test_a_requirement_for_another_system_makes_no_group_absent() -> None:
    stated = Declarations((declared("a", "dev"), declared('win; sys_platform == "win32"', "dev")))
    assert roots_of_project(stated, [part("a")], MARKERS).absent == {}


def test_a_group_has_what_the_groups_that_it_includes_have() -> None:
    stated = Declarations(
        (declared("a", "dev"), declared("b", "test"), declared("c", "docs")),
        includes={"dev": ("test",), "test": ("docs",), "all": ("dev",)},
    )
    asks = roots_of_project(stated, map(part, "abc"), MARKERS).asks
    groups = {name: sorted(one.name for one in asks if one.group == name) for name in ("dev", "test", "docs", "all")}
    assert groups == {"dev": ["a", "b", "c"], "test": ["b", "c"], "docs": ["c"], "all": ["a", "b", "c"]}


def test_a_constraint_asks_for_nothing() -> None:
    bound = Declared("a", "a<2", Role.CORE, Place("constraints.txt", 1), is_constraint=True)
    assert roots_of_project(Declarations((bound,)), [part("a")], MARKERS).asks == ()
