"""What the original answers to each part of the tasks, asked once, and what that says of candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.gate import Standard, standard
from deadweight.judging.task import Program


@dataclass(slots=True)
class Standards:
    """The program, the original's tensors, and its word on each part that was asked.

    `seconds` is what one example of development took the original.
    """

    program: Program
    tensors: Mapping[str, Array]
    known: dict[str, tuple[Standard, ...]] = field(default_factory=dict)
    seconds: float = 0.0

    def measure(self, clock: Callable[[], float] = monotonic) -> None:
        """Ask the original development data now, and take the time of it."""
        since = clock()
        self._of("development")
        self.seconds = (clock() - since) / max(1, sum(self.examples("development").values()))

    def examples(self, part: str) -> dict[str, int]:
        """How many of them the part of each task has."""
        return {task.name: len(task.parts[part][1]) for task in self.program.of(part)}

    def judged(self, candidate: Mapping[str, Array], part: str) -> tuple[Judged, ...]:
        """What each task's part says of the candidate; raises UsageError where the original is no measure."""
        standards = self._of(part)
        model = self.program.build(candidate)
        return tuple(one.judged(self.program.rows(model, one.task.parts[part][0])) for one in standards)

    def _of(self, part: str) -> tuple[Standard, ...]:
        if part not in self.known:
            self.known[part] = self._asked(part, self.program.build(self.tensors))
        return self.known[part]

    def _asked(self, part: str, original: Any) -> tuple[Standard, ...]:  # noqa: ANN401  the user's own model
        return tuple(
            standard(task, part, self.program.rows(original, task.parts[part][0])) for task in self.program.of(part)
        )
