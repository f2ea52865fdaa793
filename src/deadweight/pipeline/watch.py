"""Notes how long each stage of a run took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from deadweight.core.report import Stage


@dataclass(slots=True)
class Watch:
    """The stages so far, in their order, with their seconds."""

    clock: Callable[[], float] = time.perf_counter
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        since = self.clock()
        yield
        self.stages.append(Stage(name, round(self.clock() - since, 3)))
