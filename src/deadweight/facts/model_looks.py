"""What the bytes of tensors say in the model files of an artifact: read only where a header or a sample asks for it.

Tensors are read where another file has one of the same dtype and size for nearly all of them, and where a sample holds
only values of a shorter dtype. An artifact whose models have nothing in common is not read a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deadweight.core.entry import Entry
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.core.tensor import Checkpoint, Look, Tensor
from deadweight.facts.model_files import MODEL_FILES, ModelFile, on_disk
from deadweight.models.bodies import elements
from deadweight.models.looks import look

ALIKE = 0.9
"""The share of a file's bytes that lie in tensors as another file has them, from which on both are read."""
_SMALLEST = 1024


@dataclass(frozen=True)
class SeenModels:
    """Checkpoints and what is known of their bytes, for rules of model files to look at; all else is None."""

    checkpoints: tuple[Checkpoint, ...]
    looks: Mapping[tuple[str, Tensor], Look]

    def look(self, checkpoint: Checkpoint, tensor: Tensor) -> Look | None:
        """What the bytes of a tensor say, None where nothing asked for it."""
        return self.looks.get((checkpoint.location, tensor))

    def packed(self, checkpoint: Checkpoint, tensor: Tensor) -> float | None:
        """Nothing: what coding leaves is not measured inside of artifacts."""

    def squeezed(self, checkpoint: Checkpoint, tensor: Tensor, step: float) -> float | None:
        """Nothing: what squeezing leaves is not estimated inside of artifacts."""

    def alone(self) -> Iterator[SeenModels]:
        """Each checkpoint by itself."""
        for checkpoint in self.checkpoints:
            yield replace(self, checkpoints=(checkpoint,))


def _seen(scene: Scene) -> SeenModels:
    files = scene.ask(MODEL_FILES)
    alike = _likenesses(scene, files)
    wanted = {path: _wanted(path, file, alike) for path, file in files.items()}
    looks: dict[tuple[str, Tensor], Look] = {}
    entries = [scene.listing.by_path[path] for path, tensors in wanted.items() if tensors]
    for entry, place in on_disk(scene, entries):
        checkpoint = replace(files[entry.path].checkpoint, location=str(place))
        for tensor in wanted[entry.path]:
            try:
                looks[entry.path, tensor] = look(tensor, elements(checkpoint, tensor))
            except DeadweightError as error:
                scene.note(Gap("bytes of tensors", f"{entry.path}, {tensor.name}", error.what))
    return SeenModels(tuple(file.checkpoint for file in files.values()), looks)


def _wanted(path: str, file: ModelFile, alike: frozenset[str]) -> tuple[Tensor, ...]:
    tensors = file.checkpoint.tensors
    narrow = {tensors[index] for index in file.narrow}
    whole = path in alike
    return tuple(tensor for tensor in tensors if tensor in narrow or (whole and tensor.size >= _SMALLEST))


def _likenesses(scene: Scene, files: Mapping[str, ModelFile]) -> frozenset[str]:
    """The files whose tensors another has by dtype and size, the same bytes under two paths left to other rules."""
    found: set[str] = set()
    sizes = {path: _sizes(file) for path, file in files.items()}
    having: dict[tuple[str, int], list[str]] = {}
    for path, mine in sizes.items():
        for kind in mine:
            having.setdefault(kind, []).append(path)
    for path, mine in sizes.items():
        largest = max(mine, key=lambda kind: kind[1], default=None)
        for other in having[largest] if largest else ():
            if other != path and _is_alike(mine, sizes[other]) and not _is_same(scene.listing.by_path, path, other):
                found.update((path, other))
    return frozenset(found)


def _is_alike(mine: Counter[tuple[str, int]], theirs: Counter[tuple[str, int]]) -> bool:
    whole, shared = (sum(size * count for (_, size), count in one.items()) for one in (mine, mine & theirs))
    return shared >= ALIKE * whole


def _sizes(file: ModelFile) -> Counter[tuple[str, int]]:
    return Counter((one.dtype, one.size) for one in file.checkpoint.tensors if one.size >= _SMALLEST)


def _is_same(entries: Mapping[str, Entry], one: str, other: str) -> bool:
    return bool(entries[one].digest) and entries[one].digest == entries[other].digest


SEEN_MODELS: Fact[SeenModels] = Fact("seen models", _seen)
"""All checkpoints of the artifact, and looks at those of their tensors that something speaks for."""
