"""Checkpoints that are weighed together: what their bytes say, read once, and what every rule finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from deadweight.core.errors import Unknown
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelRule
from deadweight.core.plugins import found
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import Checkpoint, Look, Tensor, TensorFinding
from deadweight.models.bodies import elements
from deadweight.models.looks import look
from deadweight.models.rounding_estimate import squeezed_share
from deadweight.models.sampling import packed_share


@dataclass(slots=True)
class Looking:
    """Answers what rules ask of the bytes; each tensor is read once, shared views too."""

    checkpoints: tuple[Checkpoint, ...]
    progress: Progress = SILENT
    looks: dict[tuple[str, Tensor], Look | None] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def look(self, checkpoint: Checkpoint, tensor: Tensor) -> Look | None:
        """What the bytes of a tensor say; None where they cannot be had, which is a gap."""
        key = (checkpoint.location, tensor)
        if key not in self.looks:
            self.looks[key] = self._look(checkpoint, tensor)
        return self.looks[key]

    def packed(self, checkpoint: Checkpoint, tensor: Tensor) -> float | None:
        """What lossless coding leaves of the tensor, as a share of its bytes, measured on a sample."""
        return packed_share(checkpoint, tensor)

    def squeezed(self, checkpoint: Checkpoint, tensor: Tensor, step: float) -> float | None:
        """What squeezing is likely to leave of the tensor at a step in shares of its root mean square, on a sample."""
        return squeezed_share(checkpoint, tensor, step)

    def _look(self, checkpoint: Checkpoint, tensor: Tensor) -> Look | None:
        self.progress.advance(tensor.size)
        try:
            return look(tensor, elements(checkpoint, tensor))
        except Unknown as error:
            self.gaps.append(Gap("bytes of tensors", f"{checkpoint.location}, {tensor.name}", error.what))
            return None


def findings(looking: Looking) -> tuple[TensorFinding, ...]:
    """What every rule finds, most bytes first."""
    whole = sum(tensor.size for one in looking.checkpoints for tensor in one.tensors)
    looking.progress.start("reading tensors", whole)
    made = [
        finding
        for plugin in found("deadweight.models.rules", "MODEL_RULE", ModelRule)
        for finding in plugin.value.find(looking)
    ]
    looking.progress.finish()
    return tuple(sorted(made, key=lambda finding: (-finding.size, finding.rule)))
