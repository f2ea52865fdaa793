"""`deadweight trace`: a file that later runs take, a summary that a person reads, and every way that it can fail."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.programs import PYTHON, held, service, tree
from deadweight.cli.entering import given_traces
from deadweight.cli.program import run
from deadweight.core.errors import UsageError
from deadweight.core.trace import Touch, Trace, Use
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.target import Target, open_scene
from deadweight.pipeline.tracing.file import read_trace, write_trace
from deadweight.pipeline.tracing.given import with_traces
from deadweight.sandbox.launch import supervisor_environment
from deadweight.sandbox.strace_words import OPTIONS

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
RUN = f"{PYTHON} -I -S app.py"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    source = service(answer="open('data/answer').read()", preamble="open('start').close()")
    return tree(tmp_path / "app", {"app.py": source, "data/answer": "42", "start": "", "never": b"x" * 5000})


def said(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> tuple[str, str]:
    assert run([str(word) for word in words]) == status
    told = capsys.readouterr()
    return told.out, told.err


def traced(app: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Trace, str]:
    held()
    told = said(capsys, "trace", app, "--run", RUN, "--probe", "GET /answer", "--probe", "imports: json", "-o", out)
    return read_trace(out), told[0]


def test_a_trace_is_written_and_told(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace, told = traced(app, tmp_path / "trace.json", capsys)
    assert trace.paths == {"app.py", "data/answer", "start"}
    assert trace.probes == ("GET /answer",)
    assert re.search(r"read +3 of 4 files, [\d.]+ kB of [\d.]+ kB", told)
    assert re.search(r"cost +a run took [\d.]+ s traced, [\d.]+ s untraced: [\d.]+ times as long", told)
    assert f"programs  {PYTHON[:8]}" in told


def test_traces_are_united_and_json_is_the_trace_itself(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held()
    said(capsys, "trace", app, "--probe", "command: cat data/answer", "-o", tmp_path / "one.json", "-q")
    said(capsys, "trace", app, "--probe", "command: cat start", "-o", tmp_path / "two.json", "-q")
    both = ("--from-trace", tmp_path / "one.json", "--from-trace", tmp_path / "two.json")
    made = json.loads(said(capsys, "trace", app, *both, "--json")[0])
    assert [touch["path"] for touch in made["touches"]] == ["data/answer", "start"]
    assert made["runs"] == 2
    out = said(capsys, "trace", app, *both, "--probe", "command: cat never", "--runs", "2", "--json")[0]
    assert [touch["path"] for touch in json.loads(out)["touches"]] == ["data/answer", "never", "start"]
    assert json.loads(out)["runs"] == 4


def test_the_help_shows_the_very_options_that_a_record_is_made_with(capsys: pytest.CaptureFixture[str]) -> None:
    told = "".join(said(capsys, "trace", "--help")[0].split()).replace("\\", "").replace("'", "")
    assert "strace" + "".join(OPTIONS) in told


def test_a_record_is_taken_by_its_content(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["strace", *OPTIONS, "-o", str(tmp_path / "anything"), "cat", "start"]
    subprocess.run(words, cwd=app, check=True, capture_output=True)
    said(capsys, "trace", app, "--from-trace", tmp_path / "anything", "-o", tmp_path / "trace.json")
    assert read_trace(tmp_path / "trace.json").paths == {"start"}


FAILURES = [
    (["--run", "false", "--probe", "GET /"], 3, "exited with status 1 before it answered"),
    (["--run", RUN, "--probe", "GET /gone -> 200"], 3, "the probe 'GET /gone': status 404, 200 was expected"),
    (["--probe", "command: cat absent"], 3, "status 1, 0 was expected"),
    (["--probe", "imports: json"], 3, "there is nothing to trace"),
    ([], 2, "there is nothing to trace"),
    (["--from-trace", "no-such-file"], 2, "can't be read"),
    (["--probe", "command: true", "--runs", "0"], 2, "--runs"),
]


@pytest.mark.parametrize(("words", "status", "why"), FAILURES)
def test_a_trace_that_is_not_whole_is_an_error_and_no_file(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, why: str
) -> None:
    held()
    told = said(capsys, "trace", app, *words, "-o", tmp_path / "trace.json", "-q", status=status)
    assert why in told[1]
    assert not (tmp_path / "trace.json").exists()


def test_a_program_that_needs_the_network_is_told_that_there_is_none(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held()
    (app / "app.py").write_text("import urllib.request; urllib.request.urlopen('http://192.0.2.1/model.bin')\n")
    told = said(capsys, "trace", app, "--run", RUN, "--probe", "GET /", status=3)[1]
    assert "Network is unreachable" in told
    assert "the sandbox has no network" in told


def test_without_strace_it_says_what_is_missing_and_what_still_works(app: Path, tmp_path: Path) -> None:
    held()
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bwrap", "sh", "cat"):
        (tools / name).symlink_to(shutil.which(name) or "")
    asks = "import sys; from deadweight.cli.main import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", asks, "trace", str(app), "--probe", "command: true"]
    environment = {**supervisor_environment(), "PATH": str(tools), "HOME": str(tmp_path)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "strace is not installed" in done.stderr
    assert "need no run still work" in done.stderr


def test_the_artifact_itself_is_never_written_to(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held()
    before = sorted(app.iterdir())
    said(capsys, "trace", app, "--probe", "command: true", "-o", app / "trace.json", status=2)
    assert sorted(app.iterdir()) == before


def test_what_is_cut_is_told_by_a_record_of_strace_as_by_a_trace(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["strace", *OPTIONS, "-o", str(tmp_path / "record"), "cat", "never"]
    subprocess.run(words, cwd=app, check=True, capture_output=True)
    asked = ("why", app, "never", "--run", f"{PYTHON} start")
    assert "reached by  nothing" in said(capsys, *asked)[0]
    assert "by this chain" in said(capsys, *asked, "--from-trace", tmp_path / "record")[0]


def test_files_of_traces_are_united_with_the_trace_that_is_there(app: Path, tmp_path: Path) -> None:
    scene = open_scene(Target(app))
    for name in ("start", "never"):
        touch = Touch(name, {Use.OPENED: 1}, 0.0, name)
        write_trace(Trace(scene.artifact.digest, name, (touch,), runs=1), tmp_path / name)
    exercise = Exercise(trace=read_trace(tmp_path / "start"), traces=(tmp_path / "start", tmp_path / "never"))
    found = with_traces(exercise, scene)
    assert found.trace is not None
    assert found.trace.paths == {"start", "never"}
    assert found.trace.runs == 3
    assert not found.traces
    assert with_traces(Exercise(), scene).trace is None


def test_a_trace_file_that_is_not_there_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        given_traces({"trace_files": (tmp_path / "absent",)})
    assert given_traces({}) == ()
