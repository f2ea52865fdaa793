"""Locks: many read and write, one cleans, one changes the index; the dead hold none."""

from __future__ import annotations

import fcntl
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from builders.zoos import added, blobs, model, weights
from deadweight.core.errors import Lacking
from deadweight.zoo.layout import make
from deadweight.zoo.locking import alone, changing_index, shared

Lock = Callable[[Path], AbstractContextManager[None]]
PATIENCE = 30.0


PROGRAM = """
import sys
from pathlib import Path
from deadweight.zoo import locking
with getattr(locking, sys.argv[1])(Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process with a lock; it says so once it has it."""

    def __init__(self, lock: Lock, root: Path) -> None:
        words = [sys.executable, "-c", PROGRAM, lock.__name__, str(root)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def has_it(self, seconds: float) -> bool:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return bool(ready) and self.process.stdout.readline() == b"held\n"

    def end(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def held(tmp_path: Path) -> Holder:
    found = Holder(shared, tmp_path)
    assert found.has_it(PATIENCE)
    return found


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (shared, shared, True),
        (shared, changing_index, True),
        (shared, alone, False),
        (alone, shared, False),
        (alone, alone, False),
        (changing_index, changing_index, False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_who_waits_for_whom(first: Lock, second: Lock, together: bool, tmp_path: Path) -> None:
    with first(tmp_path):
        other = Holder(second, tmp_path)
        try:
            assert other.has_it(PATIENCE if together else 2.0) is together
        finally:
            if together:
                other.end()
    if not together:
        assert other.has_it(PATIENCE)
        other.end()


def test_a_killed_holder_holds_nothing(held: Holder, tmp_path: Path) -> None:
    held.end()
    other = Holder(alone, tmp_path)
    assert other.has_it(PATIENCE)
    other.end()


def test_a_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int, kind: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refused)
    for lock in (shared, alone, changing_index):
        with pytest.raises(Lacking, match="has no locks"), lock(tmp_path):
            pass


def test_the_files_of_locks_stay_where_they_are(tmp_path: Path) -> None:
    """Two who lock different files by one name would both believe to be alone."""
    with shared(tmp_path):
        first = (tmp_path / ".deadweight-lock").stat().st_ino
    with alone(tmp_path):
        assert (tmp_path / ".deadweight-lock").stat().st_ino == first


def test_a_zoo_that_is_being_made_by_another_is_taken_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "zoo"
    make(root)
    before = (root / "oci-layout").stat().st_ino
    (root / "oci-layout").unlink()
    make(root)
    make(root)
    assert (root / "oci-layout").stat().st_ino != before or (root / "oci-layout").is_file()
    added(root, model(tmp_path / "m", {"a": weights(1, 3_000)}), "m")
    assert blobs(root)
