"""Where a result may not lie, and targets that are nothing to weigh: told at once, and nothing is touched."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from builders.command import names, state
from deadweight.cli.program import run

LITTER = b"\0\0\0\1Bud1"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app"
    (path / "below").mkdir(parents=True)
    (path / ".DS_Store").write_bytes(LITTER)
    (path / "main.py").write_bytes(b"print(1)\n")
    return path


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run([*words, "--quiet"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("deadweight: ")
    assert told.out == ""
    return told.err


@pytest.mark.parametrize(
    "out", ["app/out", "app/below/out", "./app/out", "link/out", "link/below/out", "app/../app/out"]
)
def test_a_result_inside_of_what_is_slimmed_is_refused(
    out: str, app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link").symlink_to(app)
    before = state(app)
    for target in ("app", "link", "./app/."):
        for words in (["slim", target, "-o", out], ["plan", target, "-o", out]):
            assert "lies inside of" in usage(words, capsys)
    assert state(app) == before


def test_a_result_beside_the_directory_that_one_stands_in_is_made(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app)
    assert run(["slim", ".", "-o", "../out", "--quiet"]) == 0
    assert names(tmp_path) == ["app", "out", "out.removed.tar.zst"]
    assert not (tmp_path / "out/.DS_Store").exists()


@pytest.mark.parametrize(
    "out", ["app", "app/", "link", "dangling", "loop", "fifo", "file", ".", "..", "/", "", "/dev/null"]
)
def test_what_is_already_there_is_never_written_over(
    out: str, app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link").symlink_to(app)
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_bytes(b"mine")
    os.mkfifo(tmp_path / "fifo")
    before = state(tmp_path)
    assert "already there" in usage(["slim", "app", "-o", out], capsys)
    assert state(tmp_path) == before


def test_a_companion_that_is_already_there_is_never_written_over(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out.removed.tar.zst").write_bytes(b"mine")
    assert "out.removed.tar.zst: it is already there" in usage(["slim", "app", "-o", "out"], capsys)
    assert names(tmp_path) == ["app", "out.removed.tar.zst"]


@pytest.mark.parametrize("out", ["nothing/out", "file/out", "dangling/out", "loop/out"])
def test_a_folder_that_is_not_there_is_told(
    out: str, app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_bytes(b"mine")
    assert "its directory is not there" in usage(["slim", "app", "-o", out], capsys)


def test_a_target_that_is_a_link_is_what_it_leads_to(app: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(app)
    assert run(["slim", "link", "-o", "out", "--quiet"]) == 0
    assert names(tmp_path / "out") == ["below", "main.py"]
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("kind", ["fifo", "socket", "/dev/null", "/dev/zero", "/dev/tty", "dangling", "loop"])
def test_a_target_that_is_no_file_is_refused_and_never_waited_for(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for words in (["weigh", kind], ["slim", kind, "-o", "out"], ["plan", kind]):
            assert run([*words, "--quiet"]) == 4
            assert f"{kind}: it is" in capsys.readouterr().err
    assert "out" not in names(tmp_path)


def test_a_name_that_is_too_long_for_the_file_system_is_told(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert usage(["weigh", "x" * 300], capsys)
    assert "its name has more than" in usage(["slim", "app", "-o", "x" * 300], capsys)
    assert "its name has more than" in usage(["slim", "app", "-o", "y" * 250], capsys)  # with .removed.tar.zst
    assert run(["slim", "app", "-o", "y" * 250, "--quiet", "--no-companion"]) == 0
