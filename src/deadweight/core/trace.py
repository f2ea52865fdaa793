"""What runs of a program touched, path by path."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deadweight.core.errors import UsageError

TRACE_SCHEMA = 1


class Use(StrEnum):
    """What a program did with a path. A call that failed because nothing is there is no use of it."""

    OPENED = "opened"
    EXECUTED = "executed"
    MAPPED = "mapped"
    STATED = "stated"
    LISTED = "listed"
    LINK_READ = "link read"


@dataclass(frozen=True, slots=True)
class Touch:
    """One path that was used: how often in each way, first after how many seconds, and by which process' program.

    `path` is plain and relative to the artifact's root, its symbolic links not followed beyond what the program wrote.
    """

    path: str
    uses: Mapping[Use, int]
    first: float = 0.0
    process: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What the runs of one program on one artifact touched, sorted by path.

    `artifact` is the digest of the artifact, `command` what was run, `probes` what was asked of it. `outside` are the
    absolute paths that were used outside of the artifact. `plain_seconds` and `traced_seconds` are what the same run
    took without and with tracing, 0 where it was not measured.
    """

    artifact: str
    command: str = ""
    touches: tuple[Touch, ...] = ()
    outside: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    runs: int = 1
    plain_seconds: float = 0.0
    traced_seconds: float = 0.0
    schema: int = TRACE_SCHEMA

    @property
    def paths(self) -> frozenset[str]:
        """The paths that were touched in any way."""
        return frozenset(touch.path for touch in self.touches)

    def bound_to(self, digest: str) -> Trace:
        """This trace, where it is of the digest; any other raises UsageError."""
        if self.artifact != digest:
            raise UsageError(
                f"the trace is of {self.artifact}, this artifact is {digest}",
                advice="Trace this artifact: deadweight trace TARGET --run COMMAND --probe PROBE -o trace.json",
            )
        return self


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way into the artifact: the words of a command, where and in which environment it is run.

    `says` is how a person knows it (`--run`, `the image's command`, `--entry jobs.py`, a probe). `directory` and
    `root` are absolute paths as the program sees them: where it runs, and where the artifact's root is (`/` in an
    image).
    """

    words: tuple[str, ...]
    says: str
    directory: str = "/"
    root: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    def inside(self, path: str) -> str | None:
        """The path in the artifact for one that the program names, absolute or from its directory; None outside."""
        whole = posixpath.normpath(posixpath.join(self.directory, path))
        if whole == self.root:
            return ""
        top = self.root.rstrip("/") + "/"
        return whole[len(top) :] if whole.startswith(top) else None
