"""The model files of an artifact, wherever they lie in it: their tensors, their code, what their headers say.

A body that lies on this disk is read where it is; one inside of an archive or a layer is laid aside for as long as its
headers are walked. Nothing is run.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.core.tensor import Checkpoint
from deadweight.models.likely_narrow import likely_narrow
from deadweight.models.reading import read, reader_of
from deadweight.owners.model_content import recognised

SMALLEST = 64 << 10
"""Bytes below which a file of tensors is not worth a look; one that can hold code is looked at from `SMALLEST_CODE`."""
SMALLEST_CODE = 16
LARGEST_ASIDE = 4 << 30
_WITH_CODE = (".bin", ".pt", ".jit", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".keras", ".h5", ".sav")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file; the checkpoint's location is its path in the artifact.

    `narrow` are the indices of tensors of which a sample holds nothing but values of a shorter dtype.
    """

    checkpoint: Checkpoint
    narrow: tuple[int, ...] = ()


def on_disk(scene: Scene, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Path]]:
    """Each entry with a file that holds its body, good until the next is asked for.

    One that is too large to be laid aside is a gap.
    """
    within: list[Entry] = []
    for entry in entries:
        if _lies_there(scene, entry):
            yield entry, Path(scene.artifact.location, entry.path)
        elif entry.size <= LARGEST_ASIDE:
            within.append(entry)
        else:
            scene.note(Gap("model files", entry.path, f"{entry.size} bytes within an archive are not laid aside"))
    for entry, stream in scene.artifact.contents.stream(within) if within else ():
        with TemporaryDirectory(prefix="deadweight-model-") as folder:
            yield entry, _laid_aside(stream, Path(folder, entry.name))


def _lies_there(scene: Scene, entry: Entry) -> bool:
    try:
        status = Path(scene.artifact.location, entry.path).lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == entry.size


def _laid_aside(stream: BinaryIO, path: Path) -> Path:
    with path.open("xb") as copy:
        shutil.copyfileobj(stream, copy, _PIECE)
    return path


def _model_files(scene: Scene) -> Mapping[str, ModelFile]:
    found: dict[str, ModelFile] = {}
    for entry, path in on_disk(scene, [one for one in scene.listing.entries if _is_wanted(one)]):
        try:
            if reader_of(path) is None:
                continue
            checkpoint = read(path)
            narrow = likely_narrow(checkpoint)
        except DeadweightError as error:
            scene.note(Gap("model files", entry.path, error.what))
            continue
        for gap in checkpoint.gaps:
            scene.note(replace(gap, where=entry.path))
        if checkpoint.tensors or checkpoint.code:
            found[entry.path] = ModelFile(_placed(checkpoint, entry.path), narrow)
    return dict(sorted(found.items()))


def _placed(checkpoint: Checkpoint, path: str) -> Checkpoint:
    code = tuple(replace(one, where=one.where.replace(checkpoint.location, path)) for one in checkpoint.code)
    return replace(checkpoint, location=path, code=code)


def _is_wanted(entry: Entry) -> bool:
    if entry.size < SMALLEST_CODE or entry.kind is not Kind.FILE:
        return False
    if entry.size < SMALLEST and not entry.path.endswith(_WITH_CODE):
        return False
    return recognised(entry) is not None


MODEL_FILES: Fact[Mapping[str, ModelFile]] = Fact("model files", _model_files)
"""Every model file that could be read, by path; what could not is noted."""
