"""Demands that are not met, against packaging and against a checker that is not ours."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from builders.installations import ask, graph, install, part
from deadweight.dependencies.conflicts import Conflict, allows, conflicts, is_contradictory, is_met
from deadweight.dependencies.graph import graph_of
from deadweight.dependencies.parts import parts_of_environment
from deadweight.dependencies.roots import roots_of_environment
from deadweight.requirements.environment import read_environment
from deadweight.requirements.uv import find_uv

VERSIONS = [
    "0.9",
    "1.0",
    "1.0.1",
    "1.1rc1",
    "1.1",
    "1.1+local",
    "1.1.post1",
    "1.4.2",
    "2.0.dev1",
    "2.0",
    "2.1",
    "1!0.1",
]
SPECIFIERS = [
    "==1.1",
    "~=1.0",
    "~=1.0.1",
    ">=1.1",
    "<2",
    "<2.0.dev1",
    "!=1.1",
    "!=1.*",
    "==1.*",
    ">1.1",
    "<=1.1rc1",
    "",
]


def only(found: tuple[Conflict, ...]) -> Conflict:
    (one,) = found
    return one


@pytest.mark.parametrize("specifier", SPECIFIERS)
def test_a_version_meets_what_packaging_says_it_meets(specifier: str) -> None:
    for version in VERSIONS:
        wanted = SpecifierSet(specifier).contains(Version(version), prereleases=True)
        assert is_met(f"one{specifier}", part("one", version=version)) is wanted, version


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.sampled_from(SPECIFIERS), max_size=4))
def test_what_some_version_meets_is_no_contradiction(specifiers: list[str]) -> None:
    requirements = [f"one{one}" for one in specifiers]
    if any(all(allows(SpecifierSet(one), version) for one in specifiers) for version in VERSIONS):
        assert not is_contradictory(requirements)


@pytest.mark.parametrize(
    "pair", [("<1", ">=1"), ("==1.0", "==1.1"), ("~=1.4", "<1.4"), ("==1.*", "!=1.*"), (">2", "<=2")]
)
def test_what_no_version_meets_is_one(pair: tuple[str, str]) -> None:
    assert is_contradictory(f"one{one}" for one in pair)


def test_the_chain_from_the_root_to_who_asks_is_told_with_those_that_are_met() -> None:
    parts = [part("app", "mid"), part("mid", "low<2"), part("other", "low>=2"), part("low", version="2.1")]
    found = only(conflicts(graph(parts, "app", "other")))
    assert (found.name, found.version, found.is_contradictory) == ("low", "2.1", True)
    wants = {one.requirement: (one.chain, one.is_met) for one in found.wants}
    assert wants == {"low<2": (("app", "mid"), False), "low>=2": (("other",), True)}
    assert found.says == "low 2.1 is there, and mid 1.0 wants low<2; no version meets all who ask"


def test_what_is_missing_is_told_with_who_wants_it() -> None:
    found = only(conflicts(graph([part("app", "gone>1")], "app")))
    assert found.says == "gone is not there, and app 1.0 wants gone>1"


def test_what_the_project_states_itself_is_looked_at_too() -> None:
    found = only(conflicts(graph([part("app", version="0.9")], ask("app>=1"))))
    assert found.wants[0].by == "pyproject.toml (dependencies)"


def test_a_url_is_met_by_what_is_there_and_a_version_that_is_none_by_no_bound() -> None:
    assert is_met("one @ https://example.org/one.whl", part("one", version="3"))
    assert is_met("one", part("one", version="not a version"))
    assert not is_met("one>1", part("one", version="not a version"))
    assert not conflicts(graph([part("one", version="")], "one>1"))


def test_it_finds_what_pip_check_finds(tmp_path: Path) -> None:
    root = tmp_path / "env"
    subprocess.run([find_uv().program, "venv", "-q", "-p", sys.executable, str(root)], check=True, capture_output=True)
    (site,) = (root / "lib").glob("python*/site-packages")
    install(site, "app", requires=["mid", "gone>=2", 'never; sys_platform == "win32"', 'opt; extra == "x"'])
    install(site, "mid", "2.0rc1", requires=["low~=1.4", "local==1.0", "pre<2"])
    install(site, "low", "2.0")
    install(site, "local", "1.0+cpu")
    install(site, "pre", "2.0.dev3")
    check = [sys.executable, "-m", "pip", "--python", str(root / "bin" / "python"), "check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    told = set(re.findall(r"(?:requires |has requirement )([a-z]+)", done.stdout))
    found = read_environment(root)
    parts = parts_of_environment(found)
    mine = conflicts(graph_of(parts, roots_of_environment(found, parts), found.markers))
    assert {one.name for one in mine} == told == {"gone", "low", "pre"}
