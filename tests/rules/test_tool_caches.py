from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from builders.scenes import artifact_of, distribution_files
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.rules.tool_caches import RULE


@pytest.mark.parametrize(
    "path",
    [
        ".pytest_cache/v/cache/lastfailed",
        ".mypy_cache/3.11/x.data.json",
        ".ruff_cache/0.1/x",
        ".hypothesis/examples/x",
        ".idea/workspace.xml",
        ".vscode/settings.json",
        "notebooks/.ipynb_checkpoints/a-checkpoint.ipynb",
        "htmlcov/index.html",
    ],
)
def test_finds_the_cache_of_each_tool(path: str) -> None:
    (finding,) = found_by(RULE, {f"app/{path}": b"12345", "app/main.py": b""})
    assert f"app/{path}".startswith(finding.paths[0] + "/")
    assert finding.size == 5
    assert finding.safety is Safety.SAFE


def test_finds_test_environments_only_with_a_proof() -> None:
    (finding,) = found_by(RULE, {"app/.tox/py311/pyvenv.cfg": b"home = /usr/bin"})
    assert finding.safety is Safety.PROVEN


def test_finds_the_inner_cache_with_the_outer_one() -> None:
    files = {"app/.tox/py311/lib/x/.pytest_cache/v": b"1", "app/.tox/py311/bin/python": b"2"}
    (finding,) = found_by(RULE, files)
    assert finding.paths == ("app/.tox",)


def test_finds_coverage_data_by_its_content() -> None:
    files = {"app/.coverage": b"SQLite format 3\0" + bytes(10), "lib/.coverage": b"[run]\nsource = app\n"}
    assert paths_of(found_by(RULE, files)) == {"app/.coverage"}


def test_leaves_a_directory_named_htmlcov_without_a_report() -> None:
    assert found_by(RULE, {"app/htmlcov/converter.py": b""}) == ()


def test_leaves_the_settings_of_tools() -> None:
    files = {"app/.coveragerc": b"", "app/.ruff.toml": b"", "app/.editorconfig": b"", "app/pytest_cache/x.py": b""}
    assert found_by(RULE, files) == ()


def test_leaves_what_an_installed_package_recorded() -> None:
    files = distribution_files("lib/site-packages", "scaffold", files={"scaffold/template/.vscode/launch.json": b"{}"})
    assert found_by(RULE, files) == ()


def test_leaves_an_environment_that_a_link_points_into() -> None:
    link = Entry("usr/bin/app", Kind.SYMLINK, target="/app/.tox/prod/bin/app")
    assert found_by(RULE, {"app/.tox/prod/bin/app": b"#!", "usr/bin/app": link}) == ()


def test_leaves_an_environment_that_the_image_runs_from() -> None:
    image = Image("amd64", "linux", {}, {}, environment=("PATH=/app/.nox/prod/bin:/usr/bin",))
    assert found_by(RULE, artifact_of({"app/.nox/prod/bin/app": b"#!"}, image=image)) == ()


def test_finds_what_pytest_leaves_behind(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("def test_x():\n    pass\n")
    run = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), str(tmp_path)]
    subprocess.run(run, check=True, capture_output=True, cwd=tmp_path)
    assert paths_of(found_by(RULE, tree_of(tmp_path))) == {".pytest_cache"}
