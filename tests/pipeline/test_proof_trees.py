"""The project beside itself: all its files, none of its environments, and nothing of it changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders.projects import project_at
from deadweight.pipeline.dependencies.proof_trees import environment_place, project_tree


def test_the_tree_has_the_files_and_links_and_none_of_the_environments(tmp_path: Path) -> None:
    files = {"app/main.py": "x = 1\n", ".venv/pyvenv.cfg": "", "tools/env/pyvenv.cfg": "", ".git/HEAD": "ref"}
    folder = project_at(tmp_path / "project", {**files, "data/one.txt": "1", "app/__pycache__/main.pyc": "x"})
    (folder / "link.txt").symlink_to("data/one.txt")
    (folder / "linked").symlink_to("data")
    project_tree(folder, tmp_path / "tree")
    there = sorted(str(one.relative_to(tmp_path / "tree")) for one in (tmp_path / "tree").rglob("*"))
    assert there == ["app", "app/main.py", "data", "data/one.txt", "link.txt", "linked", "tools"]
    assert os.readlink(tmp_path / "tree/link.txt") == "data/one.txt"  # noqa: PTH115  # the text


def test_small_files_are_copies_and_big_ones_are_shared(tmp_path: Path) -> None:
    folder = project_at(tmp_path / "project", {"small.txt": "1"})
    with (folder / "model.bin").open("wb") as stream:
        stream.truncate(9 << 20)
    project_tree(folder, tmp_path / "tree")
    shared = [name for name in ("small.txt", "model.bin") if (tmp_path / "tree" / name).samefile(folder / name)]
    assert shared == ["model.bin"]


@pytest.mark.parametrize(
    ("environment", "place"),
    [("project/.venv", ".venv"), ("project/tools/env", "tools/env"), ("elsewhere", ".venv"), ("project", ".venv")],
)
def test_the_environment_stands_where_it_stood(tmp_path: Path, environment: str, place: str) -> None:
    assert environment_place(tmp_path / "project", tmp_path / environment) == place
    assert environment_place(tmp_path / "project", None) == ".venv"
