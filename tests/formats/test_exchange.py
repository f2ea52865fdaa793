import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deadweight.formats.exchange import exchange, exchange_in_steps

Way = Callable[[Path, Path], None]
BOTH_WAYS = pytest.mark.parametrize("way", [exchange, exchange_in_steps])


@BOTH_WAYS
@pytest.mark.parametrize("as_directories", [False, True])
def test_two_paths_change_places(tmp_path: Path, as_directories: bool, way: Way) -> None:
    for name in ("new", "old"):
        if as_directories:
            (tmp_path / name).mkdir()
            (tmp_path / name / "says").write_text(name)
        else:
            (tmp_path / name).write_text(name)
    way(tmp_path / "new", tmp_path / "old")
    assert {name: said(tmp_path / name) for name in ("new", "old")} == {"new": "old", "old": "new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


@BOTH_WAYS
def test_a_file_and_a_directory_change_places(tmp_path: Path, way: Way) -> None:
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").mkdir()
    way(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "new").is_dir()
    assert said(tmp_path / "old") == "new"


@BOTH_WAYS
def test_what_is_not_there_changes_nothing(tmp_path: Path, way: Way) -> None:
    (tmp_path / "old").write_text("old")
    with pytest.raises(OSError, match="No such file"):
        way(tmp_path / "new", tmp_path / "old")
    assert os.listdir(tmp_path) == ["old"]  # noqa: PTH208  # the names are enough


def said(path: Path) -> str:
    return (path / "says").read_text() if path.is_dir() else path.read_text()
