"""Opens model files: the reader is found by content, in a folder for every file that some reader knows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from deadweight.core.errors import DeadweightError, Unknown
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.plugins import found, named
from deadweight.core.tensor import Checkpoint
from deadweight.models.accounts import check_storages
from deadweight.models.window import first_bytes

SMALLEST = 8
"""A file of fewer bytes is no model, and no pickle that calls anything."""
_PLAIN_PICKLES = "pickle"


def readers() -> tuple[ModelReader, ...]:
    """Every reader, the more special before the more general."""
    known = named(found("deadweight.models.readers", "MODEL_READER", ModelReader))
    return tuple(sorted(known.values(), key=lambda reader: reader.rank))


def reader_of(path: Path) -> ModelReader | None:
    """The reader that knows the file, None where none does."""
    head = first_bytes(path)
    if not head:
        return None
    return next((reader for reader in readers() if reader.recognise(path, head)), None)


def read(path: Path) -> Checkpoint:
    """The checkpoint of a file; raises Unknown where no reader knows it, Corrupt and Hostile as the readers do."""
    reader = reader_of(path)
    if reader is None:
        raise Unknown(
            "it is no model file that deadweight reads",
            where=str(path),
            advice=f"There are readers for: {', '.join(reader.name for reader in readers())}.",
        )
    checkpoint = reader.read(path)
    check_storages(checkpoint)
    return checkpoint


def read_folder(folder: Path) -> Iterator[Checkpoint | Gap]:
    """Every checkpoint below the folder; a file that belongs to one that was read is not read again.

    A model file that cannot be read is a gap with the reason.
    """
    known: list[tuple[ModelReader, Path]] = []
    for path in _files(folder):
        try:
            reader = reader_of(path)
        except DeadweightError as error:
            yield _gap(path, error)
            continue
        if reader is not None:
            known.append((reader, path))
    yield from _read_known(known)


def _read_known(known: list[tuple[ModelReader, Path]]) -> Iterator[Checkpoint | Gap]:
    taken: set[Path] = set()
    for reader, path in sorted(known, key=lambda pair: (pair[0].rank, pair[1])):
        if path in taken:
            continue
        try:
            checkpoint = read(path)
        except DeadweightError as error:
            yield _gap(path, error)
            continue
        taken.update(path.parent / name for name in checkpoint.files)
        if checkpoint.tensors or checkpoint.code or reader.name != _PLAIN_PICKLES:
            yield checkpoint


def _gap(path: Path, error: DeadweightError) -> Gap:
    return Gap("models", str(path), error.what)


def _files(folder: Path) -> Iterator[Path]:
    """Files by path, each once however many names it has; links are followed to files and not to folders."""
    seen: set[tuple[int, int]] = set()
    for above, directories, names in os.walk(folder):
        directories.sort()
        for name in sorted(names):
            path = Path(above, name)
            if not path.is_file():
                continue
            status = path.stat()
            if status.st_size >= SMALLEST and (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                yield path
