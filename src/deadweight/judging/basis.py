"""What a model is judged by: a task file, or samples of real inputs."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deadweight.judging.samples import program_of_samples
from deadweight.judging.task import Program, program_of

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Basis:
    """A task file, or samples with a metric (empty: chosen by the shapes of the answers); one of the two."""

    task: Path | None = None
    samples: Path | None = None
    metric: str = ""

    def program(self, model: Path) -> Program:
        """The program that judges the model of that file; raises UsageError for all that is wrong with it."""
        if self.task is not None:
            return program_of(self.task)
        assert self.samples is not None
        return program_of_samples(model, self.samples, self.metric)

    @property
    def digest(self) -> str:
        """What tells one basis from another: the hex digest of its files and its metric."""
        found = sha256(self.metric.encode())
        for path in filter(None, (self.task, self.samples)):
            for file in sorted(path.glob("*.npy")) if path.is_dir() else [path]:
                with file.open("rb") as stream:
                    while piece := stream.read(_PIECE):
                        found.update(piece)
        return found.hexdigest()
