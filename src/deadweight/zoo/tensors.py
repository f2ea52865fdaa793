"""What a version says of its tensors: where each lies, and the digest of its elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from blake3 import blake3

from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.core.zoo import StoredModel, StoredTensor
from deadweight.models.bodies import elements
from deadweight.zoo.intake import Intake
from deadweight.zoo.stretches import place_of


@dataclass(slots=True)
class Telling:
    """Tells of the models of an intake. `digests` are those of stretches that were read already, by path, offset and
    size; `gaps` are the tensors whose elements cannot be had.
    """

    intake: Intake
    digests: Mapping[tuple[str, int, int], str]
    gaps: list[Gap] = field(default_factory=list)

    def models(self) -> tuple[StoredModel, ...]:
        """Every model with its tensors."""
        return tuple(self._model(checkpoint) for checkpoint in self.intake.checkpoints)

    def _model(self, checkpoint: Checkpoint) -> StoredModel:
        tensors = tuple(self._tensor(checkpoint, tensor) for tensor in checkpoint.tensors)
        return StoredModel(self.intake.path_of(checkpoint), checkpoint.format, tensors, checkpoint.metadata)

    def _tensor(self, checkpoint: Checkpoint, tensor: Tensor) -> StoredTensor:
        storage = checkpoint.storages[tensor.storage]
        place = place_of(checkpoint, tensor)
        path, offset = self.intake.path_of(checkpoint, storage.file), place[1] if place else -1
        known = self.digests.get((path, offset, tensor.size)) if tensor.order == "little" else None
        digest = known or self._digest(checkpoint, tensor)
        return StoredTensor(tensor.name, tensor.dtype, tensor.shape, tensor.size, digest, path, offset, tensor.order)

    def _digest(self, checkpoint: Checkpoint, tensor: Tensor) -> str:
        hasher = blake3()
        try:
            for piece in elements(checkpoint, tensor):
                hasher.update(piece)
        except DeadweightError as error:
            self.gaps.append(Gap("zoo", f"{checkpoint.location}, {tensor.name}", error.what))
            return ""
        return f"blake3:{hasher.hexdigest()}"
