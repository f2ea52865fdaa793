"""How often a gate was looked at: it is unseen once, and each candidate that is held against it makes it less so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Looks:
    """The record of candidates that a gate judged, in a file that may hold other records too; no file, no record.

    `gate` tells one gate from another: the digest of what it is judged by.
    """

    path: Path | None = None
    gate: str = ""

    def before(self, candidate: str) -> int:
        """How many other candidates the gate judged before this one."""
        return len(set(self._known()) - {candidate})

    def note(self, candidate: str) -> None:
        """Remember that the gate judged the candidate."""
        if self.path is None or candidate in self._known():
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"subject": self._subject, "candidate": candidate}) + "\n")

    @property
    def _subject(self) -> str:
        return f"gate {self.gate}"

    def _known(self) -> Iterator[str]:
        if self.path is None or not self.path.is_file():
            return
        for line in self.path.read_text("utf-8").splitlines():
            try:
                said = json.loads(line)
                if said["subject"] == self._subject:
                    yield str(said["candidate"])
            except (ValueError, KeyError, TypeError) as fault:
                raise UsageError(
                    f"it is no record of a search ({fault})", where=str(self.path), advice="Delete it to begin anew."
                ) from fault
