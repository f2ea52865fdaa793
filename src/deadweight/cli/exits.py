"""The exit statuses, each with its meaning."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.errors import Lacking, ProofFailed, Refused, UsageError

FINE = 0
OVER_BUDGET = 1
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Exit:
    """One exit status."""

    status: int
    meaning: str


EXITS = (
    Exit(FINE, "fine"),
    Exit(OVER_BUDGET, "the artifact is over its budget"),
    Exit(UsageError.exit_code, "the command line, the configuration or a plan is wrong"),
    Exit(ProofFailed.exit_code, "the proof failed: the result does not answer as the original does; or no whole trace"),
    Exit(Refused.exit_code, "the input is refused: corrupt, hostile or unknown"),
    Exit(Lacking.exit_code, "the system lacks something: space, permission, a sandbox"),
    Exit(INTERRUPTED, "interrupted"),
)
