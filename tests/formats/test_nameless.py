"""Large temporary files lie where they belong, without a name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deadweight.formats.nameless import folder_for_large_files, has_room, nameless_file


def test_large_files_lie_where_somebody_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert folder_for_large_files() == str(tmp_path)


def test_large_files_do_not_lie_in_what_may_be_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    assert folder_for_large_files() in ("/var/tmp", "")


def test_a_nameless_file_is_written_and_read_and_no_path_leads_to_it(tmp_path: Path) -> None:
    file = nameless_file(str(tmp_path))
    try:
        assert os.pwrite(file, b"body", 3) == 4
        assert os.pread(file, 10, 0) == b"\0\0\0body"
        assert not list(tmp_path.iterdir())
    finally:
        os.close(file)


def test_a_file_for_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        nameless_file(str(tmp_path / "none"))


def test_room_is_asked_of_the_folder_and_where_none_is_named_of_the_usual_one(tmp_path: Path) -> None:
    assert isinstance(has_room(str(tmp_path)), bool)
    assert isinstance(has_room(""), bool)
    with pytest.raises(FileNotFoundError):
        has_room(str(tmp_path / "none"))
