"""A run that is killed, interrupted or overtaken: the input is as it was, and there is a whole result or none."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from builders.command import command_line, deadweight, names, state
from builders.programs import sandboxed

KILLS = 12
LITTER = b"\0\0\0\1Bud1" + b"x" * 6000


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app"
    (path / "pkg").mkdir(parents=True)
    for number in range(100):
        (path / f"pkg/module_{number}.py").write_bytes(b"x = %d\n" % number)
    (path / "pkg/.DS_Store").write_bytes(LITTER)
    (path / "data.bin").write_bytes(random.Random(3).randbytes(4 << 20))
    return path


def started(*words: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command_line(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def slim_words(app: Path, out: Path) -> tuple[str | Path, ...]:
    probe = ("--probe", "command: cat data.bin") if sandboxed() else ()
    return ("slim", app, "-o", out, "--quiet", *probe)


def killed(words: tuple[str | Path, ...], after: float) -> int:
    process = started(*words)
    assert process.stderr is not None
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait(timeout=60)
    process.stderr.close()
    return process.returncode


def test_a_run_that_is_killed_at_any_moment_leaves_no_half_result(app: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    before = state(app)
    since = time.monotonic()
    assert deadweight(*slim_words(app, place / "whole")).status == 0
    length = time.monotonic() - since
    whole = {path.name: path.read_bytes() for path in (place / "whole").rglob("*") if path.is_file()}
    ends = []
    for number in range(KILLS):
        out = place / f"out-{number}"
        ends.append(killed(slim_words(app, out), length * (number + 0.5) / KILLS))
        assert state(app) == before
        if out.exists():
            assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == whole
    assert -signal.SIGKILL in ends
    last = place / "last"
    assert deadweight(*slim_words(app, last)).status == 0
    assert not [name for name in names(place) if name.startswith(".")]
    assert state(app) == before


def test_the_run_after_a_kill_takes_the_same_names(app: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = started(*slim_words(app, out))
    assert process.stderr is not None
    wait_for_temporary(tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    process.stderr.close()
    assert names(tmp_path) != ["app"]
    assert deadweight(*slim_words(app, out)).status == 0
    assert names(tmp_path) == ["app", "out", "out.removed.tar.zst"]


def wait_for_temporary(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while not any(folder.glob(".*.deadweight-*")):
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("wait", [0.0, 0.4])
def test_a_signal_is_told_and_leaves_nothing(sent: signal.Signals, wait: float, app: Path, tmp_path: Path) -> None:
    before = state(app)
    process = started(*slim_words(app, tmp_path / "out"))
    wait_for_temporary(tmp_path)
    time.sleep(wait)
    process.send_signal(sent)
    _, error = process.communicate(timeout=60)
    assert b"Traceback" not in error, error
    assert state(app) == before
    if process.returncode:
        assert process.returncode == 130
        assert b"interrupted" in error
        assert names(tmp_path) == ["app"]


def test_two_runs_to_one_place_make_one_result(app: Path, tmp_path: Path) -> None:
    runs = [started("slim", app, "-o", tmp_path / "out", "--quiet") for _ in range(3)]
    ends = []
    for process in runs:
        _, error = process.communicate(timeout=60)
        assert b"Traceback" not in error, error
        ends.append(process.returncode)
    assert sorted(ends) == [0, 2, 2]
    assert names(tmp_path) == ["app", "out", "out.removed.tar.zst"]
    assert len(names(tmp_path / "out/pkg")) == 100
