"""What belongs to a virtual environment itself."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from builders.scenes import distribution_files, scene_of
from builders.trees import files_of
from deadweight.core.owner import OwnerKind


def test_all_of_an_empty_environment_that_venv_made_is_its_own(tmp_path: Path) -> None:
    venv.create(tmp_path / "e", symlinks=True, with_pip=False)
    files = files_of(tmp_path / "e")
    ownership = scene_of(files).ownership
    owners = {ownership.of(path) for path in files}
    assert {(owner.kind, owner.name) for owner in owners} == {(OwnerKind.ENVIRONMENT, "/")}
    assert {owner.version for owner in owners} == {".".join(map(str, sys.version_info[:3]))}


@pytest.mark.parametrize("root", ["opt/venv", "app/.venv"])
def test_what_is_installed_in_an_environment_is_not_its(root: str) -> None:
    files = distribution_files(f"{root}/lib/python3.12/site-packages", "one")
    own = {f"{root}/pyvenv.cfg": b"home = /usr/bin\n", f"{root}/bin/activate.fish": b"x", f"{root}/bin/𝜋thon": b"x"}
    ownership = scene_of({**files, **own, "etc/passwd": b"r", f"{root}/etc/stray": b"s"}).ownership
    assert {ownership.of(path).kind for path in files} == {OwnerKind.DISTRIBUTION}
    assert {ownership.of(path).name for path in (*own, f"{root}/etc/stray")} == {f"/{root}"}


def test_the_program_around_an_environment_is_the_applications() -> None:
    files = {"app/.venv/pyvenv.cfg": b"version_info = 3.12.1.final.0\n", "app/main.py": b"x"}
    ownership = scene_of(files).ownership
    assert ownership.of("app/main.py").kind is OwnerKind.APPLICATION
    assert ownership.of("app/.venv/pyvenv.cfg").version == "3.12.1"
