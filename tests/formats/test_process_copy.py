"""A copy of this process works and ends by itself, and where none can be made nothing is lost."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

import pytest

from deadweight.formats.process_copy import copied


def tell(telling: BinaryIO) -> None:
    telling.write(b"%d" % os.getpid())


def sleep(_: BinaryIO) -> None:
    time.sleep(60)


def descriptors() -> set[str]:
    return {one.name for one in Path("/proc/self/fd").iterdir()}


def test_a_copy_tells_what_it_worked_out() -> None:
    copy = copied(tell)
    assert copy is not None
    assert copy.told() == b"%d" % copy.pid
    assert copy.pid != os.getpid()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_copy_that_is_interrupted_ends_where_it_is_and_told_nothing(number: signal.Signals) -> None:
    copy = copied(sleep)
    assert copy is not None
    os.kill(copy.pid, number)
    assert copy.told() == b""


def test_interrupts_of_this_process_are_heard_as_before() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert copied(tell) is not None
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_copy_that_somebody_else_waited_for_told_nothing() -> None:
    copy = copied(tell)
    assert copy is not None
    os.waitpid(copy.pid, 0)
    assert copy.told() == b""


def test_a_copy_that_told_is_not_ended_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number may be that of another process by then."""
    copy = copied(tell)
    assert copy is not None
    assert copy.told()
    asked: list[int] = []

    def waited(pid: int, _: int) -> tuple[int, int]:
        asked.append(pid)
        return pid, 0

    monkeypatch.setattr("os.waitpid", waited)
    del copy
    assert not asked


def test_a_process_with_threads_makes_none() -> None:
    over = Event()
    other = Thread(target=over.wait)
    other.start()
    try:
        assert copied(tell) is None
    finally:
        over.set()
        other.join()


@pytest.mark.parametrize("what", ["os.fork", "deadweight.formats.process_copy.nameless_file"])
def test_where_the_system_gives_none_there_is_none_and_nothing_stays_open(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(what, refused)
    before = descriptors()
    assert copied(tell) is None
    assert descriptors() == before
