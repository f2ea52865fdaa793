"""The files of a project: what others made of it is left out."""

from __future__ import annotations

from pathlib import Path

from deadweight.requirements.project_files import project_files


def _made(root: Path, *paths: str) -> tuple[str, ...]:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return project_files(root)


def test_copies_that_setuptools_built_are_none_of_its_files(tmp_path: Path) -> None:
    built = ("build/lib/app.py", "build/lib.linux-x86_64-cpython-311/app.py", "build/bdist.linux-x86_64/wheel/app.py")
    assert _made(tmp_path, "app.py", "build/temp.linux/app.o", *built) == ("app.py",)


def test_a_package_that_is_called_build_stays(tmp_path: Path) -> None:
    assert _made(tmp_path, "build/__init__.py", "src/build/library.py") == ("build/__init__.py", "src/build/library.py")


def test_environments_caches_and_metadata_are_left_out(tmp_path: Path) -> None:
    others = ("env/pyvenv.cfg", "env/lib/x.py", "__pycache__/a.pyc", "app.egg-info/PKG-INFO", ".git/config")
    assert _made(tmp_path, "app.py", *others) == ("app.py",)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    assert _made(tmp_path, "app.py") == ("app.py",)
