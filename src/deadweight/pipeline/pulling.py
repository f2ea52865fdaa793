"""What a registry sends for an image before and after, to one who has nothing and to one who has a base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.progress import SILENT, Progress
from deadweight.core.report import Pull
from deadweight.formats.images.pull import NOTHING, layers_of, pull_bytes
from deadweight.formats.recognition import recognise
from deadweight.pipeline.opening import Sight


@dataclass(frozen=True, slots=True)
class Base:
    """An image whose layers those who pull already have: where it lies, and the names of its layers."""

    path: str = ""
    layers: frozenset[str] = NOTHING


def base_at(path: Path, sight: Sight) -> Base:
    """The base that lies at the path; raises Refused for what can't be opened."""
    return Base(str(path), layers_of(recognise(path).open(path, sight.opening)))


def pulls(before: Artifact, after: Artifact, base: Base, progress: Progress = SILENT) -> Iterator[Pull]:
    """The bytes to pull by one who has nothing, then by one who has the base; none for what is no image."""
    for one in dict.fromkeys((Base(), base)):
        was, now = (pull_bytes(artifact, one.layers, progress) for artifact in (before, after))
        if was is not None and now is not None:
            yield Pull(was, now, one.path)
