"""Stores what was taken in: every file as parts, what its tensors are, and the blobs that hold it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.gap import Gap
from deadweight.core.progress import SILENT, Progress
from deadweight.core.zoo import Blob, Contents, Version
from deadweight.zoo.documents import contents, put_contents
from deadweight.zoo.filing import Filing
from deadweight.zoo.intake import Intake
from deadweight.zoo.known import bases, known_parts
from deadweight.zoo.reading import PART
from deadweight.zoo.stretches import Stretch, stretches
from deadweight.zoo.tensors import Telling
from deadweight.zoo.writing import Writer, small_limit


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: the contents, the blobs that they need, their own first, and how many bytes of parts are new."""

    contents: Contents
    blobs: tuple[Blob, ...]
    fresh: int
    gaps: tuple[Gap, ...]


def store(root: Path, intake: Intake, parent: Version | None, progress: Progress = SILENT) -> Stored:
    """Store all files; a tensor that is near the parent's of its name becomes a difference to that.

    The caller holds the lock that keeps blobs from being removed.
    """
    placed = stretches(intake)
    sizes = [size for ones in placed.values() for one in ones for size in _part_sizes(one)]
    writer = Writer(root, known_parts(root), small_limit(sizes))
    filing = Filing(writer, bases(contents(root, parent)) if parent else {}, progress)
    progress.start("adding", intake.size)
    files = tuple(filing.file(source, placed.get(source.path, ())) for source in intake.sources)
    progress.finish()
    telling = Telling(intake, filing.digests)
    models = telling.models()
    for source in intake.sources:
        source.check_unchanged()
    parts, blobs = writer.finish()
    held = Contents(files, models, parts)
    return Stored(held, (put_contents(root, held), *blobs), writer.fresh, tuple(telling.gaps))


def _part_sizes(one: Stretch) -> Iterator[int]:
    yield from (min(PART, one.size - start) for start in range(0, one.size, PART))
