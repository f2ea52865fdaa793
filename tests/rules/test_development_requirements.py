from __future__ import annotations

import pytest

from builders.sites import found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.development_requirements import RULE

LIST = b"flask\npytest>=8\nsetuptools\nblack\n"


def test_finds_tools_of_development_with_the_line_of_each() -> None:
    found = only(RULE, site_scene({"app/requirements.txt": LIST}))
    assert found.says == "a list for production asks for tools of development: pytest, black"
    assert [(one.says, one.where) for one in found.evidence] == [
        ("pytest>=8: test framework", "app/requirements.txt:2"),
        ("black: formatter", "app/requirements.txt:4"),
    ]
    assert (found.safety, found.edits) == (Safety.SUGGESTED, ())


def test_finds_them_in_the_file_that_states_them() -> None:
    files = {"app/requirements.txt": b"-r requirements/dev.txt\nflask\n", "app/requirements/dev.txt": b"mypy\n"}
    assert found_paths(RULE, site_scene(files)) == {"app/requirements/dev.txt"}


def test_finds_them_among_the_dependencies_of_a_project() -> None:
    text = b'[project]\nname = "x"\ndependencies = ["flask", "jupyter"]\n[dependency-groups]\ndev = ["mypy"]\n'
    assert only(RULE, site_scene({"app/pyproject.toml": text})).evidence[0].where == "app/pyproject.toml:3"


@pytest.mark.parametrize(
    "path", ["app/requirements-dev.txt", "app/requirements/test.txt", "app/docs/requirements.txt", "app/notes.txt"]
)
def test_leaves_lists_for_development(path: str) -> None:
    assert not list(RULE.find(site_scene({path: LIST, "app/main.py": b""})))


def test_leaves_lists_of_what_a_service_runs() -> None:
    assert not list(RULE.find(site_scene({"app/requirements.txt": b"flask\nsetuptools\npip\n"})))
