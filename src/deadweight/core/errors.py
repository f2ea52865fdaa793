"""Every error deadweight raises on purpose, one tree, each with the exit code it ends the program with.

DeadweightError
├── UsageError        2  the command line or the configuration is wrong
├── ProofFailed       3  the result does not answer as the original does
│   └── NotTraced        a run was not seen whole: what it touched is not known
├── Refused           4  the input is not taken
│   ├── Corrupt          it disagrees with itself: truncated, wrong digest, wrong count
│   ├── Hostile          it would harm whoever opens it: traversal, bomb, confusion
│   └── Unknown          it is nothing that deadweight reads
└── Lacking           5  the system lacks something: space, a sandbox, a tool
"""

from __future__ import annotations

from typing import ClassVar


class DeadweightError(Exception):
    """What went wrong, where, and what to do next."""

    exit_code: ClassVar[int] = 2

    def __init__(self, what: str, *, where: str = "", advice: str = "") -> None:
        self.what = what
        self.where = where
        self.advice = advice
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole sentence, as a person reads it."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.advice}" if self.advice else head


class UsageError(DeadweightError):
    """The command line, the configuration or a plan file is wrong."""

    exit_code: ClassVar[int] = 2


class ProofFailed(DeadweightError):
    """The result does not answer as the original does."""

    exit_code: ClassVar[int] = 3


class NotTraced(ProofFailed):
    """A run was not seen whole, so what it touched is not known."""


class Refused(DeadweightError):
    """The input is not taken."""

    exit_code: ClassVar[int] = 4


class Corrupt(Refused):
    """The input disagrees with itself."""


class Hostile(Refused):
    """The input would harm whoever opens it."""


class Unknown(Refused):
    """The input is nothing that deadweight reads."""


class Lacking(DeadweightError):
    """The system lacks something that the work needs."""

    exit_code: ClassVar[int] = 5
