"""Why something is there, from a path to what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deadweight.core.errors import UsageError
from deadweight.core.planning import Choice
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.explaining import explained
from deadweight.pipeline.target import Target


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An application with a module of its own, a copy deep below, and a litter of the desktop."""
    for name in ("a/site/flask/app.py", "b/deep/below/app.py", "src/app.py", "src/.DS_Store"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\0\0\1Bud1" + bytes(4000) if path.name == ".DS_Store" else b"import json\n")
    return tmp_path


def test_of_paths_that_may_be_meant_the_shallowest_is_said_first(app: Path) -> None:
    with pytest.raises(UsageError) as caught:
        explained(Target(app), "app.py", Choice(), None)
    assert caught.value.advice == "Did you mean src/app.py, a/site/flask/app.py, b/deep/below/app.py?"


def test_a_subject_that_is_like_nothing_says_where_all_names_are(app: Path) -> None:
    with pytest.raises(UsageError) as caught:
        explained(Target(app), "zzzzzz", Choice(), None)
    assert "deadweight weigh" in caught.value.advice


def test_findings_are_those_that_touch_the_subject(app: Path) -> None:
    assert [one.rule for one in explained(Target(app), "src/.DS_Store", Choice(), None).findings] == ["os-litter"]
    assert [one.rule for one in explained(Target(app), "src", Choice(), None).findings] == ["os-litter"]
    assert explained(Target(app), "src/app.py", Choice(), None).findings == ()


def test_the_chain_is_known_where_a_way_in_is(app: Path) -> None:
    why = explained(Target(app), "src/app.py", Choice(), Exercise(run="python src/app.py"))
    assert why.reach.known
    assert [step.path for step in why.reach.chain] == ["src/app.py"]
    assert not explained(Target(app), "src/app.py", Choice(), None).reach.known
