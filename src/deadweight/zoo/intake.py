"""What is put into a zoo: the files of a model or of a folder, and the model files among them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.gap import Gap
from deadweight.core.tensor import Checkpoint
from deadweight.models.reading import read
from deadweight.models.reporting import opened


@dataclass(frozen=True, slots=True)
class Source:
    """A file to store: its path in the version, where it is, and its status when it was looked at."""

    path: str
    place: Path
    status: os.stat_result

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.status.st_size

    def check_unchanged(self) -> None:
        """Raise Corrupt where the file is no longer the one that was looked at."""
        now, then = self.place.stat(), self.status
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (then.st_size, then.st_mtime_ns, then.st_ino):
            raise Corrupt("it changed while it was read", where=str(self.place), advice="Stop what writes to it.")


@dataclass(frozen=True, slots=True)
class Intake:
    """All files of a version by path, the models among them, and the files that look like models and cannot be read.

    `folder` is what the paths are relative to; `is_folder` whether it was named as a folder.
    """

    folder: Path
    sources: tuple[Source, ...]
    checkpoints: tuple[Checkpoint, ...]
    gaps: tuple[Gap, ...]
    is_folder: bool

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(source.size for source in self.sources)

    def path_of(self, checkpoint: Checkpoint, file: str = "") -> str:
        """The path in the version of a checkpoint, or of a file that belongs to it."""
        place = Path(checkpoint.location)
        return (place.parent / file if file else place).relative_to(self.folder).as_posix()


def taken(target: Path) -> Intake:
    """What the target holds: a model file with those that belong to it, or a folder with all of its files.

    Raises Unknown where there is no model in it, and what the readers raise for a file that is named.
    """
    return _folder(target) if target.is_dir() else _file(target)


def _file(target: Path) -> Intake:
    checkpoint = read(target)
    folder = target.parent
    sources = tuple(_source(folder, folder / name) for name in sorted(checkpoint.files))
    return Intake(folder, sources, (checkpoint,), checkpoint.gaps, is_folder=False)


def _folder(target: Path) -> Intake:
    sources = tuple(_source(target, place) for place in _files(target))
    looking = opened(target)
    gaps = tuple(gap for one in looking.checkpoints for gap in one.gaps)
    return Intake(target, sources, looking.checkpoints, (*looking.gaps, *gaps), is_folder=True)


def _files(folder: Path) -> Iterator[Path]:
    """Files by path; links are followed to files and not to folders."""
    for above, directories, names in os.walk(folder):
        directories.sort()
        yield from (Path(above, name) for name in sorted(names))


def _source(folder: Path, place: Path) -> Source:
    if not place.is_file():
        raise UsageError("it is no file", where=str(place), advice="A zoo keeps files: take it out of the folder.")
    return Source(place.relative_to(folder).as_posix(), place, place.stat())
