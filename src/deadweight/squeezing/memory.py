"""The points of a search that were made and judged before, so that a search that was cut short goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged, Tried


@dataclass(frozen=True, slots=True)
class Memory:
    """The points that earlier runs of the same search judged, in a file; no file, no memory.

    `subject` is what they were judged for and by whom: digests of the model and of the task, our version.
    """

    path: Path | None
    subject: str

    def about(self, more: str) -> Memory:
        """The same memory for a subject that says more: which size is looked for changes what each layer bears."""
        return replace(self, subject=f"{self.subject} {more}")

    def recall(self, method: str, factor: float) -> Tried | None:
        """The method's point of that factor, where it was judged."""
        return next((one for one in self._of(method, factor) if one.judged), None)

    def size(self, method: str, factor: float) -> int | None:
        """The bytes of the method's point of that factor, where it was made for its size alone."""
        return next((one.size for one in self._of(method, factor) if not one.judged), None)

    def keep(self, point: Tried) -> None:
        """Remember the point."""
        if self.path is None or any(bool(one.judged) == bool(point.judged) for one in self._of(*_place(point))):
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"subject": self.subject, **_plain(point)}) + "\n")

    def _of(self, method: str, factor: float) -> Iterator[Tried]:
        return (one for one in self._known() if _place(one) == (method, factor))

    def _known(self) -> list[Tried]:
        if self.path is None or not self.path.is_file():
            return []
        found = []
        for line in self.path.read_text("utf-8").splitlines():
            try:
                said = json.loads(line)
                if said["subject"] == self.subject:
                    judged_so = tuple(Judged(**one) for one in said["judged"])
                    found.append(Tried(said["factor"], said["size"], judged_so, said["method"]))
            except (ValueError, KeyError, TypeError) as fault:
                raise UsageError(
                    f"it is no record of a search ({fault})", where=str(self.path), advice="Delete it to begin anew."
                ) from fault
        return found


def _place(point: Tried) -> tuple[str, float]:
    return point.method, point.factor


def _plain(point: Tried) -> Mapping[str, object]:
    import msgspec

    judged = msgspec.to_builtins(point.judged)
    return {"method": point.method, "factor": point.factor, "size": point.size, "judged": judged}
