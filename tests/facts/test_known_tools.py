from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from deadweight.facts.known_tools import TOOLS, category


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pytest-cov", "test framework"),
        ("jupyterlab-server", "notebook"),
        ("types-requests", "type checker"),
        ("pip", "package installer"),
    ],
)
def test_a_tool_has_its_category(name: str, kind: str) -> None:
    assert category(name) == kind


@pytest.mark.parametrize("name", ["numpy", "fastapi", "uvicorn", "gunicorn", "click", "pluggy", "packaging", "types"])
def test_what_a_service_may_need_is_no_tool(name: str) -> None:
    assert category(name) == ""


def test_names_are_normalised_and_stand_once() -> None:
    names = [name for kind in TOOLS.values() for name in kind]
    assert sorted(set(names)) == sorted(names)
    assert all(canonicalize_name(name.replace("*", "x")) == name.replace("*", "x") for name in names)
