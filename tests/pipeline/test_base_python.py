"""The Python below an environment is found as the interpreter itself finds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.scenes import artifact_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import Listing
from deadweight.pipeline.scratch.base_python import (
    BasePython,
    base_of_program,
    bases_of_environments,
    outward_links,
    settings_of,
    take_base,
)
from deadweight.pipeline.scratch.gathering import Gathering


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installed Python 3.11, and beside it the standard library of another."""
    for name in (
        "python3.11/os.py",
        "python3.11/test/test_os.py",
        "python3.11/site-packages/more.py",
        "python3.9/os.py",
    ):
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.11").write_text("")
    return tmp_path


def listing(config: str) -> Listing:
    return Listing(
        artifact_of({"env/pyvenv.cfg": config.encode()}).inventory.visible, {"env/pyvenv.cfg": config.encode()}
    )


def test_home_and_version_of_an_environment_name_its_base(prefix: Path) -> None:
    found = list(bases_of_environments(listing(f"home = {prefix}/bin\nversion = 3.11.7\n")))
    assert found == [BasePython(str(prefix), "python3.11")]


def test_an_environment_that_sees_the_packages_of_its_base_brings_them(prefix: Path) -> None:
    config = f"home={prefix}/bin\nInclude-System-Site-Packages = true\nversion_info = 3.11.7.final.0"
    assert list(bases_of_environments(listing(config))) == [BasePython(str(prefix), "python3.11", with_sites=True)]


@pytest.mark.parametrize(
    "config", ["home = /nowhere/bin\nversion = 3.11", "home = bin\nversion = 3.11", "version = 3.11"]
)
def test_a_base_that_is_not_there_is_none(config: str) -> None:
    assert not list(bases_of_environments(listing(config)))


def test_of_several_versions_without_a_word_none_is_guessed(prefix: Path) -> None:
    assert not list(bases_of_environments(listing(f"home = {prefix}/bin")))


def test_an_interpreter_brings_its_library_and_what_is_installed(prefix: Path) -> None:
    assert list(base_of_program(f"{prefix}/bin/python3.11")) == [BasePython(str(prefix), "python3.11", with_sites=True)]
    assert not list(base_of_program(f"{prefix}/bin/node"))


def test_the_standard_library_is_taken_without_its_tests_and_what_is_installed(prefix: Path) -> None:
    taken = {}
    for with_sites in (False, True):
        gathering = Gathering("/nowhere", ())
        take_base(gathering, BasePython(str(prefix), "python3.11", with_sites))
        taken[with_sites] = {Path(path).name for path in gathering.pieces if path.endswith(".py")}
    assert taken == {False: {"os.py"}, True: {"os.py", "more.py"}}


def test_links_out_of_the_tree_are_told_from_those_within() -> None:
    links = {"a": "/usr/bin/x", "b": "../other", "c": "d", "e/f": "../d", "g": "/app/d"}
    entries = [Entry(path, Kind.SYMLINK, target=target) for path, target in links.items()]
    found = list(outward_links(Listing(tuple(sorted(entries, key=lambda one: one.path)), {}), "/app"))
    assert found == ["/app/a", "/app/b"]


def test_settings_are_read_as_the_interpreter_reads_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    said = settings_of((tmp_path / "env/pyvenv.cfg").read_text())
    assert said["home"] == str(Path(getattr(sys, "_base_executable")).parent)  # noqa: B009  it has no public name
    assert said["include-system-site-packages"] == "false"
