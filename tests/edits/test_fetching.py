from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from builders.wheels import wheel_file
from deadweight.core.errors import Lacking
from deadweight.edits.fetching import Target, fetched, pip_command

TARGET = Target("3.12", ("manylinux_2_17_x86_64", "linux_x86_64"))


@pytest.fixture
def room(tmp_path: Path) -> Path:
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


def test_the_first_requirement_that_there_is_a_wheel_of_is_fetched_for_the_target(index: Path, room: Path) -> None:
    wheel_file(index, "light", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64")
    wheel_file(index, "light", "1.0", tag="cp312-cp312-manylinux_2_28_x86_64")
    wanted = wheel_file(index, "light", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64", requires=["absent"])
    found = fetched(["light==1.0+cpu", "light==1.0"], TARGET, room)
    assert found.wheel == room / wanted.name
    assert found.digest == hashlib.sha256(wanted.read_bytes()).hexdigest()
    assert list(room.iterdir()) == [found.wheel]


def test_where_there_is_none_it_says_what_was_looked_for_and_how_to_go_on(index: Path, room: Path) -> None:
    wheel_file(index, "light", "2.0")
    with pytest.raises(Lacking) as raised:
        fetched(["light==1.0+cpu", "light==1.0"], TARGET, room)
    assert "light==1.0+cpu or light==1.0 for Python 3.12" in raised.value.what
    assert "No matching distribution" in raised.value.what or "Could not find a version" in raised.value.what
    assert "PIP_FIND_LINKS" in raised.value.advice


def test_a_requirement_is_no_option_of_pip(index: Path, room: Path) -> None:
    with pytest.raises(Lacking):
        fetched(["--version"], TARGET, room)


def test_a_client_that_fetches_nothing_is_no_success(room: Path) -> None:
    with pytest.raises(Lacking):
        fetched(["light"], TARGET, room, pip=(sys.executable, "-c", "pass"))


def test_pip_is_that_of_this_python() -> None:
    assert pip_command() == (sys.executable, "-m", "pip")
