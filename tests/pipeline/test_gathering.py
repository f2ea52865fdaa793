"""Files of this host are taken with the links that lead to them, and nothing twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deadweight.core.entry import Kind
from deadweight.pipeline.scratch.gathering import Gathering


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A small system: /bin leads to /usr/bin, a tool is a link over two others."""
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/tool-1").write_bytes(b"tool")
    (tmp_path / "usr/bin/tool").symlink_to("tool-1")
    (tmp_path / "etc/alternatives").mkdir(parents=True)
    (tmp_path / "etc/alternatives/tool").symlink_to(tmp_path / "usr/bin/tool")
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/own").write_bytes(b"own")
    return tmp_path


def gathering(host: Path) -> Gathering:
    return Gathering(str(host / "app"), ())


def taken(made: Gathering, host: Path) -> dict[str, Kind]:
    top = str(host).lstrip("/")
    return {path[len(top) + 1 :]: one.entry.kind for path, one in made.pieces.items() if path.startswith(top + "/")}


def test_every_link_on_the_way_is_taken_and_the_real_path_told(host: Path) -> None:
    made = gathering(host)
    assert made.take(f"{host}/bin/../etc/alternatives/tool") == ""
    assert made.take(f"{host}/etc/alternatives/tool") == f"{host}/usr/bin/tool-1"
    assert made.take(f"{host}/bin/tool") == f"{host}/usr/bin/tool-1"
    assert taken(made, host) == {
        "etc": Kind.DIRECTORY,
        "etc/alternatives": Kind.DIRECTORY,
        "etc/alternatives/tool": Kind.SYMLINK,
        "usr": Kind.DIRECTORY,
        "usr/bin": Kind.DIRECTORY,
        "usr/bin/tool": Kind.SYMLINK,
        "usr/bin/tool-1": Kind.FILE,
        "bin": Kind.SYMLINK,
    }


def test_two_dots_after_a_link_step_up_from_where_it_leads(host: Path) -> None:
    assert gathering(host).take(f"{host}/bin/../bin/tool-1") == f"{host}/usr/bin/tool-1"


def test_nothing_of_the_tree_is_taken(host: Path) -> None:
    made = gathering(host)
    assert made.take(f"{host}/app/own") == f"{host}/app/own"
    assert not taken(made, host)


@pytest.mark.parametrize("name", ["nowhere", "circle", "pipe"])
def test_what_is_not_there_goes_in_a_circle_or_is_no_file_is_not_taken(host: Path, name: str) -> None:
    (host / "circle").symlink_to("circle")
    os.mkfifo(host / "pipe")
    made = gathering(host)
    assert made.take(f"{host}/{name}") == ""
    assert not any(kind is Kind.FILE for kind in taken(made, host).values())


def test_a_directory_is_taken_with_all_that_is_in_it_but_what_is_left_out(host: Path) -> None:
    (host / "usr/share/more").mkdir(parents=True)
    (host / "usr/share/more/x").write_bytes(b"x")
    (host / "usr/share/out").symlink_to(host / "usr/bin/tool")
    (host / "share").symlink_to("usr/share")
    made = gathering(host)
    made.take_all(f"{host}/share", lambda path: path.endswith("/more"))
    assert set(taken(made, host)) == {
        "share",
        "usr",
        "usr/share",
        "usr/share/out",
        "usr/bin",
        "usr/bin/tool",
        "usr/bin/tool-1",
    }


def test_nothing_is_taken_of_the_moment(host: Path) -> None:
    (host / "proc").mkdir()
    (host / "proc/version").write_bytes(b"x")
    made = Gathering(str(host / "app"), (f"{host}/proc", str(host)))
    assert made.take(f"{host}/proc/version") == ""
    assert not made.pieces or set(taken(made, host)) == set()


def test_directories_can_be_looked_into_by_anybody_and_files_keep_their_mode(host: Path) -> None:
    (host / "usr").chmod(0o700)
    (host / "usr/bin/tool-1").chmod(0o4711)
    made = gathering(host)
    made.take(f"{host}/usr/bin/tool-1")
    modes = {path: one.entry.mode for path, one in made.pieces.items()}
    assert modes[f"{host}/usr".lstrip("/")] == 0o755
    assert modes[f"{host}/usr/bin/tool-1".lstrip("/")] == 0o4711
