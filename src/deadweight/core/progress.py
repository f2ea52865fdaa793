"""Progress of long work, as an object that is passed in."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Who is told how far the work is."""

    def start(self, what: str, total: int, unit: str = "B") -> None:
        """Begin a stretch of work of `total` units, 0 where that is not known."""

    def advance(self, amount: int) -> None:
        """So many more units are done."""

    def finish(self) -> None:
        """The stretch is over."""


class Silent:
    """Tells nobody."""

    def start(self, what: str, total: int, unit: str = "B") -> None:
        """Begin a stretch of work."""

    def advance(self, amount: int) -> None:
        """So many more units are done."""

    def finish(self) -> None:
        """The stretch is over."""


SILENT: Progress = Silent()
