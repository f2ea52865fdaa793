"""What the supervisor is told to do, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.probe import Probe, RunRecord
from deadweight.sandbox.stand import RunLimits

RUN = "run"
"""The name of the observation that a program gives which ends by itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run: `hold` are the words before any program's own (empty: nothing holds it).

    `command` is empty where only probes are wanted. `environment` and `directory` are for programs that nothing
    holds. `shell` are the words before the line of a COMMAND probe, empty for a stand without a shell. `python` is
    the interpreter for import sweeps as the program sees it, empty where the stand has none.
    """

    hold: tuple[str, ...]
    command: tuple[str, ...]
    port: int
    probes: tuple[Probe, ...]
    limits: RunLimits
    shell: tuple[str, ...]
    python: str
    environment: Mapping[str, str]
    directory: str
    isolation: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what the supervisor tells: the name of a probe that is done, or at last the record."""

    probe: str = ""
    record: RunRecord | None = None
