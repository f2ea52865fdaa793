"""A zoo under kills, under several writers, and under those who clean while others write."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from builders.command import command_line, deadweight, names
from builders.zoos import added, back, blobs, cleaned, litter, model, moved, weights
from deadweight.core.progress import SILENT
from deadweight.core.zoo import reference
from deadweight.zoo.checking import verify
from deadweight.zoo.listing import listing
from deadweight.zoo.naming import forget

KEPT = {f"k{number}": weights(number, 30_000) for number in range(3)}
NEW = {"k0": KEPT["k0"], "k1": moved(KEPT["k1"], 7, 1e-3), "n0": weights(20, 30_000), "n1": weights(21, 300)}
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "kept", KEPT), "kept:1")
    model(tmp_path / "new", NEW)
    return root


def check_whole(zoo: Path, place: Path) -> set[str]:
    """Every version that is there is whole, and nothing that is needed goes; gives their names."""
    files = {"kept:1": place / "kept", "kept:2": place / "new"}
    there = {str(one.version.reference) for one in listing(zoo).versions}
    assert "kept:1" in there
    cleaned(zoo)
    assert not verify(zoo, SILENT).problems
    for name in there:
        assert back(zoo, name, place / "out") == files[name].read_bytes()
    return there


def counted(words: list[str], call: str, place: Path) -> int:
    """How often a command makes the system call, all of its threads together."""
    log = place / "calls"
    subprocess.run(["strace", "-f", "-qq", "-e", f"trace={call}", "-o", str(log), *words], check=True, timeout=60)
    return len(re.findall(rf"\b{call}\(", log.read_text()))


def killed_at(words: list[str], call: str, number: int) -> int:
    """Kill the command with SIGKILL as it makes the system call for the n-th time."""
    inject = f"inject={call}:signal=KILL:when={number}"
    line = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject, *words]
    return subprocess.run(line, capture_output=True, timeout=60, check=False).returncode


@needs_strace
@pytest.mark.parametrize(("call", "of_the_last"), [("rename", 99), ("fsync", 4)])
def test_an_add_that_is_killed_at_any_write_loses_nothing(
    call: str, of_the_last: int, zoo: Path, tmp_path: Path
) -> None:
    """Each blob is synced and renamed, the folders are synced before and after the index is."""
    words = command_line("zoo", "add", tmp_path / "new", "kept:2", "--zoo", zoo, "--quiet")
    shutil.copytree(zoo, tmp_path / "trial")
    trial = [word.replace(str(zoo), str(tmp_path / "trial")) for word in words]
    last = counted(trial, call, tmp_path)
    assert last >= 5
    for number in range(max(1, last + 1 - of_the_last), last + 1):
        assert killed_at(words, call, number) in (-signal.SIGKILL, 128 + signal.SIGKILL), number
        there = check_whole(zoo, tmp_path)
        assert not litter(zoo)
        if "kept:2" in there:
            forget(zoo, reference("kept:2"))
            cleaned(zoo)
    assert deadweight("zoo", "add", tmp_path / "new", "kept:2", "--zoo", zoo, "--quiet").status == 0
    assert check_whole(zoo, tmp_path) == {"kept:1", "kept:2"}


@needs_strace
def test_a_gc_that_is_killed_at_any_removal_loses_nothing(zoo: Path, tmp_path: Path) -> None:
    words = command_line("zoo", "gc", "--grace", "0", "--zoo", zoo, "--quiet")
    for number in range(1, 4):
        added(zoo, tmp_path / "new", "kept:2")
        forget(zoo, reference("kept:2"))
        loose = listing(zoo).unreferenced
        assert killed_at(words, "unlink", number) in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert 0 < listing(zoo).unreferenced <= loose
        assert not verify(zoo, SILENT).problems
    assert check_whole(zoo, tmp_path) == {"kept:1"}


@needs_strace
def test_a_removal_of_a_name_is_whole_or_not_at_all(zoo: Path, tmp_path: Path) -> None:
    words = command_line("zoo", "rm", "kept:2", "--zoo", zoo, "--quiet")
    added(zoo, tmp_path / "new", "kept:2")
    ends = []
    for number in (1, 2):
        killed_at(words, "fsync", number)
        ends.append(len(check_whole(zoo, tmp_path)))
    killed_at(words, "rename", 1)
    ends.append(len(check_whole(zoo, tmp_path)))
    assert set(ends) <= {1, 2}
    assert ends[0] == 2


@needs_strace
@pytest.mark.parametrize("fault", ["ENOSPC", "EIO"])
def test_a_full_or_broken_disk_is_told_and_loses_nothing(fault: str, zoo: Path, tmp_path: Path) -> None:
    words = command_line("zoo", "add", tmp_path / "new", "kept:2", "--zoo", zoo, "--quiet")
    for number in (1, 3, 5):
        inject = f"inject=fsync:error={fault}:when={number}"
        line = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", inject, *words]
        done = subprocess.run(line, capture_output=True, timeout=60, check=False)
        assert done.returncode == 5, done.stderr
        assert b"Traceback" not in done.stderr
        assert not litter(zoo)
        assert check_whole(zoo, tmp_path) == {"kept:1"}


@needs_strace
def test_a_get_that_is_killed_leaves_no_file(zoo: Path, tmp_path: Path) -> None:
    words = command_line("zoo", "get", "kept:1", "-o", tmp_path / "restored", "--zoo", zoo, "--quiet")
    assert killed_at(words, "fsync", 1) in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert not (tmp_path / "restored").exists()
    assert deadweight("zoo", "get", "kept:1", "-o", tmp_path / "restored", "--zoo", zoo).status == 0
    assert (tmp_path / "restored").read_bytes() == (tmp_path / "kept").read_bytes()
    assert names(tmp_path) == ["kept", "new", "restored", "zoo"]


def started(*words: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command_line(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    _, error = process.communicate(timeout=60)
    assert b"Traceback" not in error, error
    return process.returncode


def test_many_writers_at_once_all_have_their_versions(tmp_path: Path) -> None:
    """None of them finds a zoo: making it is part of the race."""
    root = tmp_path / "zoo"
    files = [model(tmp_path / f"m{number}", {"a": KEPT["k0"], "b": weights(40 + number, 9_000)}) for number in range(3)]
    runs = [started("zoo", "add", file, "m", "--zoo", root, "--quiet") for file in files for _ in range(2)]
    assert [ended(run) for run in runs] == [0] * 6
    told = listing(root)
    assert sorted(int(one.version.version) for one in told.versions) == list(range(1, 7))
    bodies = [back(root, str(one.version.reference), tmp_path / "out") for one in told.versions]
    assert sorted(bodies) == sorted(file.read_bytes() for file in files for _ in range(2))
    assert not verify(root, SILENT).problems


def test_two_writers_of_one_name_make_one_version(zoo: Path, tmp_path: Path) -> None:
    runs = [started("zoo", "add", tmp_path / "new", "kept:2", "--zoo", zoo, "--quiet") for _ in range(3)]
    assert sorted(ended(run) for run in runs) == [0, 2, 2]
    assert check_whole(zoo, tmp_path) == {"kept:1", "kept:2"}


def test_cleaning_while_others_write_forget_and_read_loses_nothing(zoo: Path, tmp_path: Path) -> None:
    """What the writers store is loose until the index names it: only the lock keeps it from those who clean."""
    for number in range(3):
        added(zoo, tmp_path / "new", f"old:{number}")
    runs = []
    for number in range(3):
        runs.append(started("zoo", "add", tmp_path / "new", f"more:{number}", "--zoo", zoo, "--quiet"))
        runs.append(started("zoo", "gc", "--grace", "0", "--zoo", zoo, "--quiet"))
        runs.append(started("zoo", "rm", f"old:{number}", "--zoo", zoo, "--quiet"))
        runs.append(started("zoo", "get", "kept:1", "-o", tmp_path / f"got{number}", "--zoo", zoo, "--quiet"))
    assert [ended(run) for run in runs] == [0] * 12
    told = {str(one.version.reference) for one in listing(zoo).versions}
    assert told == {"kept:1", *(f"more:{number}" for number in range(3))}
    cleaned(zoo)
    assert not verify(zoo, SILENT).problems
    for number in range(3):
        assert back(zoo, f"more:{number}", tmp_path / "out") == (tmp_path / "new").read_bytes()
        assert (tmp_path / f"got{number}").read_bytes() == (tmp_path / "kept").read_bytes()


@pytest.mark.parametrize("has_lock", [True, False])
def test_a_zoo_that_may_not_be_written_to_is_read(has_lock: bool, zoo: Path, tmp_path: Path) -> None:
    before = blobs(zoo)
    read_only = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--bind", str(tmp_path), str(tmp_path))
    if shutil.which("bwrap") is None:
        pytest.skip("bwrap is not here")
    before_words = (*read_only, "--ro-bind", str(zoo), str(zoo))
    if not has_lock:
        (zoo / ".deadweight-lock").unlink()
    out = tmp_path / "restored"
    assert deadweight("zoo", "get", "kept:1", "-o", out, "--zoo", zoo, before=before_words).status == 0
    assert out.read_bytes() == (tmp_path / "kept").read_bytes()
    assert deadweight("zoo", "verify", "--zoo", zoo, before=before_words).status == 0
    refused = deadweight("zoo", "add", tmp_path / "new", "kept:2", "--zoo", zoo, before=before_words)
    assert refused.status == 5
    assert blobs(zoo) == before
