"""Progress on standard error: a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from deadweight.cli.colour import draws
from deadweight.core.progress import SILENT, Progress
from deadweight.reports.measures import bar, size

_REFRESH = 0.1
_PATIENCE = 0.3


@dataclass(slots=True)
class Bar:
    """One line that is drawn over again; it appears once a stretch of work takes longer than a blink."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    what: str = ""
    unit: str = "B"
    total: int = 0
    done: int = 0
    since: float = 0.0
    drawn: float = 0.0
    shown: bool = field(default=False)

    def start(self, what: str, total: int, unit: str = "B") -> None:
        """Begin a stretch of work."""
        self.finish()
        self.what, self.total, self.unit, self.done = what, total, unit, 0
        self.since = self.drawn = self.clock()

    def advance(self, amount: int) -> None:
        """So many more units are done."""
        self.done += amount
        now = self.clock()
        if now - self.since > _PATIENCE and now - self.drawn > _REFRESH:
            self.drawn = now
            self.shown = True
            self.stream.write(f"\r\x1b[2K{self._line()}")
            self.stream.flush()

    def finish(self) -> None:
        """Take the line away."""
        if self.shown:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self.shown = False

    def _line(self) -> str:
        amount = size(self.done) if self.unit == "B" else f"{self.done:,} {self.unit}"
        if not self.total:
            return f"{self.what}  {amount}"
        part = min(self.done, self.total)
        return f"{self.what}  {bar(part, self.total, 24):<24} {100 * part // self.total:>3} %  {amount}"


def terminal_progress(quiet: bool) -> Progress:
    """A bar where standard error is a terminal and the user did not ask for quiet."""
    if quiet or not draws(sys.stderr):
        return SILENT
    return Bar(sys.stderr)
