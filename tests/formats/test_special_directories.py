from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from deadweight.core.errors import UsageError
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise


def test_an_environment_that_venv_makes_is_a_virtual_environment(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    assert recognise(tmp_path / "env").name == "virtual-environment"
    assert recognise(tmp_path / "env").open(tmp_path / "env", Opening()).format == "virtual-environment"


def test_a_configuration_without_packages_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text(f"home = {sys.prefix}\n")
    assert recognise(tmp_path).name == "directory"


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "requirements-dev.txt"]
)
def test_a_directory_that_says_what_it_needs_is_a_project(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert recognise(tmp_path).name == "project"
    assert recognise(tmp_path).open(tmp_path, Opening()).format == "project"


def test_an_environment_with_a_project_file_is_an_environment(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    (tmp_path / "env" / "requirements.txt").touch()
    assert recognise(tmp_path / "env").name == "virtual-environment"


def test_a_mark_deeper_down_or_a_folder_of_that_name_makes_no_project(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "pyproject.toml").touch()
    (tmp_path / "setup.py").mkdir()
    assert recognise(tmp_path).name == "directory"


def test_nothing_at_the_path_is_an_error_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        recognise(tmp_path / "none")
