"""What belongs to the history of sources."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.scenes import scene_of
from builders.trees import files_of
from deadweight.core.owner import OwnerKind


@pytest.mark.skipif(shutil.which("git") is None, reason="this machine has no git")
def test_a_repository_that_git_made_is_history_and_its_sources_are_not(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("x = 1\n")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    files = files_of(tmp_path)
    ownership = scene_of(files).ownership
    history = {path for path in files if ownership.of(path).kind is OwnerKind.VERSION_CONTROL}
    assert history == {path for path in files if path.startswith(".git/")}
    assert ownership.of("main.py").kind is OwnerKind.APPLICATION


@pytest.mark.parametrize("path", [".hg/store/a", ".svn/wc.db", "src/CVS/Entries", ".jj/repo/x", ".bzr/branch/y"])
def test_each_system_is_known_by_its_folder_and_what_lies_in_it(path: str) -> None:
    assert scene_of({path: b"x"}).ownership.of(path).kind is OwnerKind.VERSION_CONTROL


def test_a_folder_of_that_name_without_a_history_is_none() -> None:
    assert scene_of({"CVS/readme.txt": b"x"}).ownership.of("CVS/readme.txt").kind is OwnerKind.APPLICATION
