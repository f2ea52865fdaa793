"""Files replaced all or none."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from builders.command import names
from deadweight.core.errors import Lacking
from deadweight.requirements.writing.replacing import replace_files


def test_every_file_gets_its_bytes_keeps_its_mode_and_leaves_nothing_beside(tmp_path: Path) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_bytes(b"before")
    old.chmod(0o640)
    replace_files({old: b"after", new: b"fresh"})
    assert (old.read_bytes(), new.read_bytes()) == (b"after", b"fresh")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert names(tmp_path) == ["new.txt", "old.txt"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"before")
    link.symlink_to(real)
    replace_files({link: b"after"})
    assert link.is_symlink()
    assert real.read_bytes() == b"after"


def test_where_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    first = tmp_path / "first.txt"
    first.write_bytes(b"before")
    with pytest.raises(Lacking, match="no file was changed"):
        replace_files({first: b"after", tmp_path / "missing" / "second.txt": b"x"})
    assert first.read_bytes() == b"before"
    assert names(tmp_path) == ["first.txt"]


def test_where_a_rename_fails_those_before_it_are_undone(tmp_path: Path) -> None:
    first, fresh, folder = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c"
    first.write_bytes(b"before")
    folder.mkdir()
    (folder / "full").touch()
    with pytest.raises(Lacking):
        replace_files({first: b"after", fresh: b"new", folder: b"x"})
    assert first.read_bytes() == b"before"
    assert names(tmp_path) == ["a.txt", "c"]
