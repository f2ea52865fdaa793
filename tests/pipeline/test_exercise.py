"""What a person writes to prove with becomes probes, limits and a program."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from builders.programs import held
from builders.scenes import artifact_of
from deadweight.core.artifact import Artifact, Image
from deadweight.core.errors import UsageError
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.watch import Watch
from deadweight.sandbox.stand import RunLimits, Stand

IMAGE = Image("amd64", "linux", {}, {}, environment=("A=1",), command=("serve",), working_directory="/app", user="7")


def tree() -> Artifact:
    return artifact_of({"main.py": b""})


def image() -> Artifact:
    return artifact_of({"bin/serve": b""}, image=IMAGE)


def test_without_checks_deadweight_makes_its_own() -> None:
    held()
    made = proving(Exercise(run="bin/tool --serve"), tree())
    assert (made.probes, made.checks, made.own) == ((), (), True)
    assert made.start is not None
    assert made.start.line == "bin/tool --serve"


def test_checks_are_asked_besides_the_probes_each_under_its_own_name() -> None:
    held()
    made = proving(Exercise("serve", ("GET /", "GET /a"), checks=("GET /", "GET /b", "GET /b -> 200")), tree())
    assert [probe.name for probe in made.probes] == ["GET /", "GET /a"]
    assert [(probe.name, probe.expect) for probe in made.checks] == [("GET /b", 0), ("GET /b (2)", 200)]
    assert not made.own


def test_a_check_that_is_one_text_is_refused() -> None:
    with pytest.raises(UsageError, match="the checks are one text"):
        Exercise(checks="imports")  # type: ignore[arg-type]  # what a person may write


def test_probes_alone_start_no_program() -> None:
    held()
    assert proving(Exercise(probes=("imports", "command: true")), tree()).start is None
    assert proving(Exercise(probes=("imports",)), image()).start is None


def test_a_request_to_an_image_starts_what_the_image_says(tmp_path: Path) -> None:
    held()
    made = proving(Exercise(probes=("GET /",), environment={"B": "2"}, port=8000), image())
    assert made.start is not None
    program = made.start.on(Stand(tmp_path, image=True))
    assert program.command == ("serve",)
    assert program.environment == {"A": "1", "B": "2"}
    assert (program.directory, program.user, program.port) == ("/app", "7", 8000)


def test_what_is_asked_for_goes_before_what_the_image_says(tmp_path: Path) -> None:
    held()
    exercise = Exercise("other --port 9", ("GET /",), directory="/srv", environment={"A": "3"}, writable=("data",))
    made = proving(exercise, image())
    assert made.start is not None
    program = made.start.on(Stand(tmp_path, image=True))
    assert program.command == ("other", "--port", "9")
    assert program.environment["A"] == "3"
    assert (program.directory, program.port, program.writable) == ("/srv", 9, ("data",))


def test_files_of_probes_are_looked_for_where_the_exercise_says(tmp_path: Path) -> None:
    held()
    (tmp_path / "probes.json").write_text(json.dumps([{"path": "/a", "expect": 200}, {"command": "true"}]))
    made = proving(Exercise("serve", ("@probes.json",), base=tmp_path), tree())
    assert [probe.name for probe in made.probes] == ["GET /a", "true"]
    with pytest.raises(UsageError, match=r"elsewhere\.json"):
        proving(Exercise("serve", ("@elsewhere.json",), base=tmp_path), tree())


def test_limits_and_the_wish_for_no_sandbox_are_passed_on() -> None:
    limits = replace(RunLimits(), memory=1 << 30)
    made = proving(Exercise(probes=("imports",), limits=limits, sandbox=False), tree())
    assert made.settings.limits.memory == 1 << 30
    assert made.settings.isolation.lost


def test_a_watch_notes_each_stage_with_its_seconds() -> None:
    times = iter([0.0, 1.5, 2.0, 2.25])
    watch = Watch(clock=lambda: next(times))
    with watch.stage("one"):
        pass
    with watch.stage("two"):
        pass
    assert [(stage.name, stage.seconds) for stage in watch.stages] == [("one", 1.5), ("two", 0.25)]
