"""What the supervisor is told and tells, each as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from deadweight.core.probe import Probe, RunRecord
from deadweight.sandbox.stand import RunLimits

T = TypeVar("T")

RUN = "run"
"""The name of the observation that a program gives which ends by itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run: `hold` are the words before any program's own (empty: nothing holds it).

    `command` is empty where only probes are wanted. `environment` and `directory` are for programs that nothing
    holds. `shell` are the words before the line of a COMMAND probe, empty for a stand without a shell. `python` is
    the interpreter for import sweeps as the program sees it, empty where the stand has none. `tracer` are the words
    before `-o FILE` that have the program and every command probe recorded, each in a file of its own in `records`;
    none: nothing is recorded.
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
    tracer: tuple[str, ...] = ()
    records: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what the supervisor tells: the name of a probe that is done, or at last the record."""

    probe: str = ""
    record: RunRecord | None = None


def to_line(message: Job | Told) -> bytes:
    """The message as a line of JSON; names that are no UTF-8 keep their bytes, which msgspec's own encoder refuses."""
    return json.dumps(msgspec.to_builtins(message)).encode() + b"\n"


def from_line(line: bytes, kind: type[T]) -> T:
    """The message that a line holds; raises msgspec.ValidationError or ValueError for any other."""
    return msgspec.convert(json.loads(line), kind)
