"""A computation that stops where it says and goes on when it is told: in a thread, run while it is waited for."""

from __future__ import annotations

from collections.abc import Callable
from threading import Semaphore, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Left(BaseException):
    """Raised within a computation that nobody goes on with."""


class Stepwise(Generic[T]):
    """Runs the job from stop to stop; the job is given this, to say where it stops."""

    def __init__(self, job: Callable[[Stepwise[T]], object]) -> None:
        self._go, self._back = Semaphore(0), Semaphore(0)
        self._said: T | None = None
        self._fault: BaseException | None = None
        self._is_left = self._is_over = False
        self._thread = Thread(target=self._run, args=(job,), daemon=True)
        self._thread.start()

    def advance(self) -> T | None:
        """What the job says at its next stop, None at its end; raises what it raised."""
        if self._is_over:
            return None
        self._go.release()
        self._back.acquire()
        if self._fault is not None:
            raise self._fault
        said, self._said = self._said, None
        return said

    def stop(self, said: T) -> None:
        """Called by the job: say this, and wait to be told to go on."""
        self._said = said
        self._back.release()
        self._go.acquire()
        if self._is_left:
            raise Left

    def leave(self) -> None:
        """Have the job end where it stands, or at the next stop of one that was interrupted as it ran."""
        self._is_left = True
        self._go.release()
        self._thread.join()

    def _run(self, job: Callable[[Stepwise[T]], object]) -> None:
        self._go.acquire()
        try:
            if not self._is_left:
                job(self)
        except Left:
            pass
        except BaseException as fault:  # noqa: BLE001  it is raised again where the job is waited for
            self._fault = fault
        self._is_over = True
        self._back.release()
