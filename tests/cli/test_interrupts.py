"""An interrupt ends the run wherever it comes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from deadweight.cli.main import interrupt


@pytest.fixture(autouse=True)
def _handled() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGALRM)}
    signal.signal(signal.SIGINT, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for one, handler in before.items():
        signal.signal(one, handler)


class Dying:
    """Is interrupted while it is finalised."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        self.gone = sum(range(1000))


def test_an_interrupt_is_raised_where_it_comes() -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_in_a_finaliser_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  the signal may come in either line
        Dying()
        time.sleep(5)
