"""Additions, swaps and downloads that the resolver is asked for, from a folder of wheels alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.indexes import index_of, offline_uv
from builders.installations import install, virtual_environment
from deadweight.dependencies.bytes import bytes_of
from deadweight.pipeline.dependencies.asked_graph import Opened, open_graph
from deadweight.pipeline.dependencies.downloads import resolved, with_looked_up_downloads
from deadweight.pipeline.dependencies.supposing import Question, suppose


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A project that finds its wheels in a folder by its own requirements file."""
    releases = {
        "app==1.0": ["low"],
        "low==1.0": [],
        "low==2.0": [],
        "extra==1.0": ["deep"],
        "deep==3.0": [],
        "mini==1.0": [],
    }
    index = index_of(tmp_path / "index", releases)
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text(f"--no-index\n--find-links {index}\napp\n")
    site = virtual_environment(project / ".venv")
    install(site, "app", requires=["low"], files={"app.py": b"a" * 100})
    install(site, "low", files={"low.py": b"l" * 50})
    return open_graph(project)


def test_versions_that_are_there_are_kept(tmp_path: Path, opened: Opened) -> None:
    found = resolved(opened, opened.asks, offline_uv(tmp_path))
    assert [(pin.name, pin.version) for pin in found.pins] == [("app", "1.0"), ("low", "1.0")]


def test_what_is_added_comes_with_all_that_it_brings(
    tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    found = suppose(opened, Question(adds=("extra",)))
    assert [(one.name, one.version) for one in found.comes] == [("deep", "3.0"), ("extra", "1.0")]
    assert found.goes == ()
    assert "found by the resolver (uv)" in found.basis[0]


def test_a_swap_that_nobody_measured_is_resolved(
    tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    found = suppose(opened, Question(swaps=("app=mini",)))
    assert {one.name for one in found.goes} == {"app", "low"}
    assert [one.name for one in found.comes] == ["mini"]
    assert found.after.parts == 1


def test_downloads_that_no_lock_states_are_looked_up_or_stay_unknown(tmp_path: Path, opened: Opened) -> None:
    """A folder of wheels states no sizes, so that nothing is known after it either; what is on disk stays."""
    found = with_looked_up_downloads(opened, offline_uv(tmp_path))
    assert [one.name for one in found.parts] == ["app", "low"]
    assert bytes_of(found.parts).installed == bytes_of(opened.parts).installed
