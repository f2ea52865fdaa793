from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from builders.scenes import distribution_files
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.version_control import RULE

GIT = {"app/.git/HEAD": b"ref: refs/heads/main\n", "app/.git/objects/pack/p.pack": b"PACK" * 10}


def test_finds_a_repository_as_one_directory() -> None:
    (finding,) = found_by(RULE, {**GIT, "app/main.py": b""})
    assert finding.paths == ("app/.git",)
    assert finding.size == 61
    assert finding.safety is Safety.SAFE
    assert finding.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    ("directory", "holds"),
    [(".hg", "requires"), (".svn", "wc.db"), (".bzr", "branch-format"), (".jj", "repo/store"), ("_darcs", "format")],
)
def test_finds_the_repository_of_each_system(directory: str, holds: str) -> None:
    assert paths_of(found_by(RULE, {f"app/{directory}/{holds}": b"1"})) == {f"app/{directory}"}


def test_finds_two_repositories_as_two_findings() -> None:
    other = {path.replace("app/", "vendor/"): body for path, body in GIT.items()}
    assert [finding.paths for finding in found_by(RULE, {**GIT, **other})] == [("app/.git",), ("vendor/.git",)]


def test_finds_with_a_proof_where_a_library_reads_repositories() -> None:
    files = {**GIT, **distribution_files("usr/lib/python3/site-packages", "GitPython", files={"git/__init__.py": b""})}
    (finding,) = found_by(RULE, files)
    assert finding.safety is Safety.PROVEN
    assert "gitpython" in finding.evidence[1].says


def test_finds_with_a_proof_where_versioneer_asks_git() -> None:
    (finding,) = found_by(RULE, {**GIT, "app/src/app/_version.py": b"def get_versions(): ..."})
    assert finding.safety is Safety.PROVEN


def test_leaves_ignore_files_and_pointers_of_worktrees() -> None:
    files = {"app/.gitignore": b"*.pyc", "app/.gitattributes": b"", "app/.gitmodules": b"", "app/.git": b"gitdir: ../x"}
    assert found_by(RULE, files) == ()


def test_leaves_bare_repositories_and_directories_that_only_bear_the_name() -> None:
    bare = {"srv/x.git/HEAD": b"", "srv/x.git/objects/a": b"", "app/.git/notes.txt": b"", "app/CVS/curriculum.pdf": b""}
    assert found_by(RULE, bare) == ()


def test_leaves_the_fixture_of_an_installed_package() -> None:
    fixture = {"pkg/__init__.py": b"", "pkg/tests/repo/.git/HEAD": b"", "pkg/tests/repo/.git/objects/a": b""}
    assert found_by(RULE, distribution_files("lib/site-packages", "pkg", files=fixture)) == ()


@pytest.mark.skipif(shutil.which("git") is None, reason="git makes the repositories of this test")
def test_finds_what_git_makes_and_leaves_what_it_makes_bare(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path / "work"], check=True)
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "served.git"], check=True)
    hashed = ["git", "-C", str(tmp_path / "work"), "hash-object", "-w", "--stdin"]
    subprocess.run(hashed, input=b"hello", check=True, capture_output=True)
    assert paths_of(found_by(RULE, tree_of(tmp_path))) == {"work/.git"}
