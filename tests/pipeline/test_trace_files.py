"""Traces as files: what was written comes back, what is none is refused, several become one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.own_roots import own_root
from builders.programs import PYTHON, tree
from builders.stacks import layout_of
from deadweight.core.errors import NotTraced, UsageError
from deadweight.core.trace import TRACE_SCHEMA, Touch, Trace, Use
from deadweight.pipeline.target import open_scene
from deadweight.pipeline.tracing.file import read_trace, trace_text, write_trace
from deadweight.pipeline.tracing.foreign import read_any
from deadweight.pipeline.tracing.summary import summary
from deadweight.pipeline.tracing.uniting import united
from deadweight.sandbox.strace_words import MADE_ELSEWHERE, OPTIONS

SCHEMA = Path(__file__).parents[2] / "docs/trace.schema.json"
A = "sha256:aa"
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=8)
TOUCHES = st.builds(
    Touch,
    path=NAMES | st.just(os.fsdecode(b"caf\xe9")),
    uses=st.dictionaries(st.sampled_from(Use), st.integers(1, 9), min_size=1),
    first=st.floats(0, 1e6),
    process=NAMES,
)
TRACES = st.builds(
    Trace,
    artifact=st.just(A),
    command=st.text(max_size=5),
    touches=st.lists(TOUCHES, max_size=5, unique_by=lambda touch: touch.path).map(
        lambda found: tuple(sorted(found, key=lambda touch: touch.path))
    ),
    outside=st.lists(NAMES, max_size=3, unique=True).map(lambda found: tuple(sorted(found))),
    probes=st.lists(NAMES, max_size=2, unique=True).map(tuple),
    runs=st.integers(1, 3),
)


@settings(max_examples=30, deadline=None)
@given(trace=TRACES)
def test_a_trace_survives_its_file_whatever_its_paths_are_called(trace: Trace) -> None:
    text = trace_text(trace)
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text("utf-8")))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as place:
        place.write(text)
        place.flush()
        assert read_trace(place.name) == trace


@settings(max_examples=40, deadline=None)
@given(traces=st.lists(TRACES, min_size=1, max_size=4))
def test_united_traces_hold_all_and_no_more_in_any_order(traces: list[Trace]) -> None:
    whole = united(traces)
    assert whole.paths == frozenset().union(*(trace.paths for trace in traces))
    assert [touch.path for touch in whole.touches] == sorted(whole.paths)
    assert sum(sum(touch.uses.values()) for touch in whole.touches) == sum(
        sum(touch.uses.values()) for trace in traces for touch in trace.touches
    )
    assert whole.runs == sum(trace.runs for trace in traces)
    assert united([*reversed(traces)]).paths == whole.paths
    assert united([whole]) == whole


def test_the_earliest_use_says_whose_it_was_first() -> None:
    late = Trace(A, touches=(Touch("x", {Use.OPENED: 1}, 2.0, "late"),))
    early = Trace(A, touches=(Touch("x", {Use.STATED: 3}, 1.0, "early"),))
    assert united([late, early]).touches == (Touch("x", {Use.OPENED: 1, Use.STATED: 3}, 1.0, "early"),)


def test_what_a_run_costs_is_the_mean_over_those_that_measured_it() -> None:
    traces = (
        Trace(A, runs=1, plain_seconds=1.0, traced_seconds=2.0),
        Trace(A, runs=3, plain_seconds=2.0, traced_seconds=4.0),
        Trace(A, runs=5),
    )
    whole = united(traces)
    assert (whole.plain_seconds, whole.traced_seconds, whole.runs) == (1.75, 3.5, 9)


def test_traces_of_two_artifacts_are_refused_by_digest() -> None:
    with pytest.raises(UsageError, match="the trace is of sha256:bb, this artifact is sha256:aa"):
        united([Trace(A), Trace("sha256:bb")])


def test_no_trace_at_all_cannot_be_united() -> None:
    with pytest.raises(UsageError, match="no trace to unite"):
        united([])


WRONG = [
    ("", "is no trace of schema 1"),
    ("[]", "is no trace of schema 1"),
    ('{"artifact": 5}', "is no trace of schema 1"),
    ('{"schema": 1, "edits": []}', "is no trace of schema 1"),
    ('{"artifact": "sha256:aa", "schema": 2}', "is a trace of schema 2, not 1"),
    ("[" * 100_000, "is no trace of schema 1"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "trace.json").write_text(text)
    with pytest.raises(UsageError, match=why) as told:
        read_trace(tmp_path / "trace.json")
    assert "deadweight trace TARGET" in told.value.message


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    scene = open_scene(tree(tmp_path / "app", {"a": ""}))
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match="can't be read"):
            read_any(missing, scene)


def test_a_trace_of_another_artifact_is_refused(tmp_path: Path) -> None:
    scene = open_scene(tree(tmp_path / "app", {"a": ""}))
    write_trace(Trace(scene.artifact.digest, touches=(Touch("a", {Use.OPENED: 1}),)), tmp_path / "mine")
    write_trace(Trace(A), tmp_path / "other")
    assert read_any(tmp_path / "mine", scene).paths == {"a"}
    with pytest.raises(UsageError, match=f"the trace is of {A}"):
        read_any(tmp_path / "other", scene)


def recorded(record: Path, *words: str, where: Path) -> Path:
    """A record made as the documentation says, of a command."""
    subprocess.run(["strace", *OPTIONS, "-o", str(record), *words], cwd=where, check=True, capture_output=True)
    return record


def test_a_record_made_elsewhere_of_a_command_is_a_trace(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": "open('data/x')", "data/x": "", "never": ""})
    record = recorded(tmp_path / "record", PYTHON, "-I", "-S", "app.py", where=app)
    trace = read_any(record, open_scene(app))
    assert trace.paths == {"app.py", "data/x"}
    assert trace.command == PYTHON


LOOPING = """
import os, pathlib, sys, time
print("ready", flush=True)
while not os.path.exists(sys.argv[1]): time.sleep(0.05)
import ctypes
ctypes.CDLL(None).access(b"legacy", 0)
open("seen").close()
pathlib.Path(sys.argv[2]).touch()
time.sleep(60)
"""


def test_a_record_of_a_process_that_runs_already_begins_and_ends_in_its_midst(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": LOOPING, "seen": "", "legacy": ""})
    words = [PYTHON, "-I", "-S", "app.py", str(tmp_path / "go"), str(tmp_path / "done")]
    with subprocess.Popen(words, cwd=app, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        service.stdout.readline()
        tracer = subprocess.Popen(["strace", *OPTIONS, "-o", str(tmp_path / "record"), "-p", str(service.pid)])
        while "exists" not in (record := seen_in(tmp_path / "record")) and str(tmp_path / "go") not in record:
            time.sleep(0.05)
        (tmp_path / "go").touch()
        while not (tmp_path / "done").exists():
            time.sleep(0.05)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        service.kill()
    assert read_any(tmp_path / "record", open_scene(app)).paths >= {"seen", "legacy"}


def seen_in(record: Path) -> str:
    return record.read_text() if record.exists() else ""


def test_a_record_of_a_container_is_placed_by_its_root(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"lib/x.py": "", "app.py": ""})
    (app / "current").symlink_to("lib")
    (tmp_path / "record").write_text(
        '9 1.0 execve("/srv/app/app.py", ["app"], 0x7 /* 1 var */) = 0\n'
        '9 1.5 openat(AT_FDCWD</srv/app>, "current/../app.py", O_RDONLY) = 3</srv/app/app.py>\n'
        '9 2.0 openat(AT_FDCWD</srv/app>, "current/x.py", O_RDONLY) = 3</srv/app/lib/x.py>\n'
    )
    scene = open_scene(app)
    trace = read_any(tmp_path / "record", scene, "/srv/app/")
    assert trace.paths == {"app.py", "current", "current/x.py"}
    assert {touch.path: touch.first for touch in trace.touches}["current/x.py"] == 1.0
    with pytest.raises(UsageError, match=r"nothing that it names lies in the artifact.*\n.*--root DIR"):
        read_any(tmp_path / "record", scene)
    with pytest.raises(UsageError, match="'app' is no absolute path"):
        read_any(tmp_path / "record", scene, "app")


def test_a_record_of_an_image_finds_what_the_kernel_opens_by_itself(tmp_path: Path) -> None:
    root = own_root(tmp_path / "root")
    tree(root, {"app/run": "#!/bin/sh\n", "app/data": "x"})
    (tmp_path / "image").mkdir()
    image = layout_of(tmp_path / "image", [members(root)])
    (tmp_path / "record").write_text('9 execve("/app/run", ["run"], 0x7 /* 1 var */) = 0\n')
    trace = read_any(tmp_path / "record", open_scene(image))
    uses = {touch.path: set(touch.uses) for touch in trace.touches}
    loader = next(path for path in uses if "ld-linux" in path)
    assert uses == {"app/run": {Use.EXECUTED}, "bin/sh": {Use.EXECUTED}, loader: {Use.MAPPED}}


def members(root: Path) -> list[tuple[str, bytes | str | None]]:
    found: list[tuple[str, bytes | str | None]] = []
    for path in sorted(root.rglob("*")):
        body = os.readlink(path) if path.is_symlink() else None if path.is_dir() else path.read_bytes()  # noqa: PTH115
        found.append((str(path.relative_to(root)), body))
    return found


def test_a_record_with_losses_is_refused_with_the_command_that_makes_a_better_one(tmp_path: Path) -> None:
    scene = open_scene(tree(tmp_path / "app", {"x": ""}))
    (tmp_path / "record").write_text('9 openat(3, "x", O_RDONLY) = 4\n')
    with pytest.raises(NotTraced, match="as it does with -y") as told:
        read_any(tmp_path / "record", scene)
    assert f"{MADE_ELSEWHERE} -p PID" in told.value.message


def test_a_summary_counts_what_was_read_of_each_owner_once(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"a": b"x" * 100, "b": b"y" * 300, "d/c": "z"})
    (app / "link").symlink_to("a")
    scene = open_scene(app)
    touches = (
        Touch("a", {Use.OPENED: 2}, process="one"),
        Touch("b", {Use.STATED: 1}, process="two"),
        Touch("d", {Use.LISTED: 1}, process="one"),
        Touch("link", {Use.OPENED: 1}),
    )
    counted = summary(scene, replace(Trace(scene.artifact.digest), touches=touches))
    assert (counted.whole.files, counted.whole.size) == (4, 401)
    assert (counted.whole.read_files, counted.whole.read_size) == (1, 100)
    assert sum(part.read_size for part in counted.owners) == 100
    assert counted.uses == {Use.LISTED: 1, Use.OPENED: 2, Use.STATED: 1}
    assert counted.programs == ("one", "two")
    assert TRACE_SCHEMA == 1
