"""Two models timed against each other: each in a process of its own, asked in turn, so that drift hits both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.judging.intervals import Rounds
from deadweight.judging.running import Runner
from deadweight.judging.serving import Spent

BATCHES = (1, 16, 64)
_WARM = 2
_SHORTEST = 0.03
"""Seconds that a turn takes at least, in as many calls as that needs."""
_PAUSE = 0.005
"""Seconds between turns: threads of a pool wait busily for a while after their work."""
_LEAST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Course:
    """How long it goes: `starts` of both processes, `rounds` with each batch size, fewer after so many `seconds`."""

    batches: tuple[int, ...] = BATCHES
    threads: int = 1
    starts: int = 3
    rounds: int = 15
    seconds: float = 8.0


@dataclass(slots=True)
class Seen:
    """What both took, by start: opening, all in all, and by batch size the turns.

    Turns are (rounds, 2 models, 2): seconds of wall and of CPU a call.
    """

    opened: list[tuple[Spent, ...]] = field(default_factory=list)
    ran: list[tuple[Spent, ...]] = field(default_factory=list)
    turns: dict[int, list[Rounds]] = field(default_factory=dict)


def race(words: Sequence[Sequence[str]], course: Course, progress: Progress = SILENT) -> Seen:
    """Time both; raises what their processes tell, and UsageError where there are too few inputs for any batch."""
    seen = Seen()
    progress.start("timing", course.starts, "starts")
    for start in range(course.starts):
        with ExitStack() as stack:
            runners = [stack.enter_context(Runner(one, course.threads)) for one in words]
            seen.opened.append(_both(runners, start, lambda runner: runner.ask("open")))
            for batch in _fitting(course.batches, runners[0].inputs):
                seen.turns.setdefault(batch, []).append(_turns(runners, batch, course))
            seen.ran.append(_both(runners, start, lambda runner: runner.ask("look")))
        progress.advance(1)
    progress.finish()
    return seen


def _fitting(batches: Sequence[int], inputs: int) -> list[int]:
    found = [batch for batch in batches if batch <= inputs]
    if not found:
        raise UsageError(
            f"there are {inputs:,} inputs for batches of {min(batches)}",
            where="--batch",
            advice="Ask for smaller batches, or give calibration() more inputs.",
        )
    return found


def _both(runners: Sequence[Runner], turn: int, does: Callable[[Runner], Any]) -> tuple[Any, ...]:
    """What both give, in their order; they are asked in the other order at every second turn."""
    order = (0, 1) if turn % 2 == 0 else (1, 0)
    found = {at: does(runners[at]) for at in order}
    return found[0], found[1]


def _turns(runners: Sequence[Runner], batch: int, course: Course) -> Rounds:
    """Turns of both until the rounds are done, or the time is over and there are enough."""
    warm = _both(runners, 0, lambda runner: runner.ask("call", batch=batch, at=0, times=_WARM))
    times = max(1, ceil(_SHORTEST * _WARM / max(1e-6, *(spent.wall for spent in warm))))
    until = time.monotonic() + course.seconds
    rounds: list[Any] = []
    while len(rounds) < course.rounds and (len(rounds) < _LEAST_ROUNDS or time.monotonic() < until):
        turn = _Turn(batch, _WARM + len(rounds) * times, times)
        rounds.append(_both(runners, len(rounds), turn.taken))
    return np.array(rounds)


@dataclass(frozen=True, slots=True)
class _Turn:
    """So many calls, from one batch on."""

    batch: int
    at: int
    times: int

    def taken(self, runner: Runner) -> tuple[float, float]:
        """Seconds of wall and of CPU a call."""
        time.sleep(_PAUSE)
        spent = runner.ask("call", batch=self.batch, at=self.at, times=self.times)
        return spent.wall / self.times, spent.cpu / self.times
