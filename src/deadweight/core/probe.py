"""What is done to a running program, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ProbeKind(StrEnum):
    """The kinds of probe."""

    COMMAND = "command"
    REQUEST = "request"
    IMPORTS = "imports"
    SCRIPT = "script"

    @property
    def is_sweep(self) -> bool:
        """Whether it tells what became of many subjects, `name<TAB>ok` or `name<TAB>Error: message` a line."""
        return self in (ProbeKind.IMPORTS, ProbeKind.SCRIPT)


@dataclass(frozen=True, slots=True)
class Probe:
    """Something to do to the program.

    COMMAND runs `command` (a shell line) and expects the exit status `expect`; REQUEST sends `method` `path` with
    `headers` and `body` to the program's port and expects the status `expect`, 0 for any; IMPORTS imports every
    module of `modules`; SCRIPT gives `body` to the Python source `command`, run by the stand's own interpreter, which
    tells a line a subject as a sweep of imports does. JSON bodies are compared by value: numbers within the relative
    `tolerance`, the dotted paths in `ignore` (`*` for any key or index) left out. `closeness` is the same for numbers
    and for lists of them as vectors: how long their difference may be, in lengths of the first.

    One that deadweight `made` by itself holds the result to what the original does, whatever that is. Where it is not
    `binding`, nothing reaches what it asks: a difference is told as unproven and fails nothing. `part_of` names
    the sweep of everything that it is one distribution of: what the original's Python can't import at all (it lies in
    another environment) is told, as long as another part could be compared.
    """

    name: str
    kind: ProbeKind
    command: str = ""
    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expect: int = 0
    tolerance: float = 0.0
    closeness: float = 0.0
    ignore: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    timeout: float = 60.0
    made: bool = False
    binding: bool = True
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen: exit or HTTP status (-1 for none), what came out, seconds, and what went wrong.

    `output` is standard output, the response body, or one line a subject for a sweep; UTF-8 with
    replacement, cut at 1 MiB, `digest` is of the whole (`sha256:<hex>`). `trouble` is the end of standard error.
    """

    probe: str
    status: int
    output: str = ""
    digest: str = ""
    content_type: str = ""
    seconds: float = 0.0
    error: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of the program over all its probes.

    `started` is whether it became ready, in `start_seconds`; `peak_bytes` the highest sum over its processes of
    resident memory seen. `log` is the end of what it wrote. `isolation` names what held the program.
    """

    observations: tuple[Observation, ...]
    started: bool
    start_seconds: float
    peak_bytes: int
    isolation: str
    log: str = ""
    error: str = ""
