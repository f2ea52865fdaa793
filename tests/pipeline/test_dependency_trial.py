"""The core list tried in a fresh environment: what is missing is put back, and what cannot be helped is no success."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders.command import names, state
from builders.indexes import index_of, links, offline_uv
from builders.programs import sandboxed
from builders.projects import project_at
from deadweight.core.proof import Verdict
from deadweight.dependencies.split_outcome import SplitOutcome
from deadweight.pipeline.dependencies.locking import Wish
from deadweight.pipeline.dependencies.split_order import SplitOrder
from deadweight.pipeline.dependencies.split_project import split_project
from deadweight.pipeline.exercise import Exercise

RELEASES = {"alpha==1.0": ["delta"], "gamma==1.0": [], "delta==1.0": [], "heavy==1.0": []}
HIDDEN = "def load():\n    return __import__(bytes([103, 97, 109, 109, 97]).decode())\n"
ASK = "import app.main; print(app.main.load().__name__)"


@pytest.fixture(autouse=True)
def _quiet_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("UV_NO_CONFIG", "1")


def service(tmp_path: Path, place: str = ".venv") -> Path:
    files = {
        "requirements.txt": "alpha\ngamma\nheavy\n",
        "app/__init__.py": "",
        "app/main.py": f"import alpha\n{HIDDEN}",
    }
    folder = project_at(tmp_path / "service", files)
    index = index_of(tmp_path / "index", RELEASES)
    uv = offline_uv(tmp_path)
    uv.run(("venv", "--quiet", "--relocatable", str(folder / place)), tmp_path)
    words = ("pip", "install", "--quiet", "--python", str(folder / place / "bin/python"), *links(index))
    uv.run((*words, *RELEASES), tmp_path)
    return folder


def tried(tmp_path: Path, folder: Path, *checks: str, place: str = ".venv") -> SplitOutcome:
    order = SplitOrder(tmp_path / "out", Wish((), (), links(tmp_path / "index")), unsafe=True)
    return split_project(folder, folder / place, order, Exercise(checks=checks, sandbox=sandboxed()))


def test_what_a_check_misses_is_put_back_and_all_is_tried_again(tmp_path: Path) -> None:
    folder = service(tmp_path)
    before = state(folder)
    outcome = tried(tmp_path, folder, f'command: python -c "{ASK}"')
    assert outcome.trial is not None
    assert 0 < outcome.trial.after < outcome.trial.before
    assert state(folder) == before
    assert names(tmp_path) == ["index", "out", "service", "uv-cache"]
    assert [(one.name, one.module) for one in outcome.trial.returned] == [("gamma", "gamma")]
    assert outcome.trial.proof.verdict is Verdict.SAME
    assert {one.name for one in outcome.split.left_out} == {"heavy"}
    core = (tmp_path / "out" / "requirements-core.txt").read_text()
    assert "gamma  # put back: " in core
    assert "gamma==1.0" in (tmp_path / "out" / "requirements-core.lock.txt").read_text()


def test_a_difference_that_nothing_helps_writes_nothing(tmp_path: Path) -> None:
    folder = service(tmp_path)
    loose = "import site, os; print(os.path.exists(site.getsitepackages()[0] + '/mark'))"
    (next((folder / ".venv/lib").glob("python*/site-packages")) / "mark").touch()
    outcome = tried(tmp_path, folder, f'command: python -c "{loose}"')
    assert outcome.trial is not None
    assert outcome.trial.proof.verdict is Verdict.DIFFERENT
    assert {one.name for one in outcome.trial.returned} == {"gamma", "heavy"}
    assert not outcome.written
    assert not (tmp_path / "out").exists()


def test_a_check_that_fails_with_all_that_is_there_proves_nothing_and_writes_nothing(tmp_path: Path) -> None:
    outcome = tried(tmp_path, service(tmp_path), "command: python -c 'raise SystemExit(3)'")
    assert outcome.trial is not None
    assert outcome.trial.proof.verdict is Verdict.NOT_RUN
    assert not outcome.written


def test_an_environment_outside_of_the_project_is_seen_in_it(tmp_path: Path) -> None:
    folder = service(tmp_path, "../env")
    outcome = tried(tmp_path, folder, 'command: python -c "import alpha"', place="../env")
    assert outcome.trial is not None
    assert outcome.trial.proof.verdict is Verdict.SAME
    assert outcome.trial.after < outcome.trial.before


def test_without_an_environment_nothing_is_compared(tmp_path: Path) -> None:
    folder = project_at(tmp_path / "service", {"requirements.txt": "alpha\n", "main.py": "import alpha\n"})
    index = index_of(tmp_path / "index", RELEASES)
    order = SplitOrder(tmp_path / "out", Wish((), (), links(index)))
    outcome = split_project(folder, None, order, Exercise())
    assert outcome.trial is not None
    assert "no environment" in outcome.trial.proof.why_not_run
    assert not outcome.written
