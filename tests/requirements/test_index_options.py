"""Indexes that requirements files name reach uv."""

from __future__ import annotations

from pathlib import Path

from builders.projects import project_at
from deadweight.requirements.index_options import index_options


def test_each_option_is_taken_once_and_folders_are_those_beside_the_file(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-i https://a.example/simple\n--extra-index-url=https://b.example/simple\n--pre\nflask\n",
        "more/dev.txt": "--find-links wheels\n-f https://c.example/w\n--no-index\n-i https://a.example/simple\nblack\n",
    }
    folder = project_at(tmp_path, files)
    assert index_options(folder, (*files, "pyproject.toml")) == (
        *("--index-url", "https://a.example/simple"),
        *("--extra-index-url", "https://b.example/simple"),
        *("--prerelease", "allow"),
        *("--find-links", str(tmp_path / "more/wheels")),
        *("--find-links", "https://c.example/w"),
        "--no-index",
    )


def test_files_without_options_name_nothing(tmp_path: Path) -> None:
    folder = project_at(tmp_path, {"requirements.txt": "flask  # -i https://a.example\n"})
    assert index_options(folder, ("requirements.txt",)) == ()
