"""Gives a version back: every file byte for byte as it was added, verified before it gets its name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.paths import plain
from deadweight.core.progress import SILENT, Progress
from deadweight.core.zoo import Contents, Reference, StoredFile
from deadweight.core.zoo_report import Restored
from deadweight.formats.output import whole_directory, whole_file
from deadweight.zoo.coding import VERIFY
from deadweight.zoo.documents import contents
from deadweight.zoo.layout import check
from deadweight.zoo.locking import shared
from deadweight.zoo.reading import Parts, segments, stretch
from deadweight.zoo.versions import version


def get(root: Path, wanted: Reference, out: Path, progress: Progress = SILENT) -> Restored:
    """Write the file of a version, or the folder where it was one or has several files.

    Raises Corrupt where anything is not what it was: then nothing is written.
    """
    check(root)
    with shared(root):
        found = version(root, wanted)
        held = contents(root, found)
        _check_paths([file.path for file in held.files])
        progress.start("restoring", sum(file.size for file in held.files))
        if found.summary.is_folder or len(held.files) != 1:
            with whole_directory(out) as folder:
                _write_folder(folder, root, held, progress)
        else:
            with whole_file(out) as stream:
                _write(stream, file_pieces(parts_of(root, held), held, held.files[0]), progress)
        progress.finish()
    return Restored(found.summary, str(out), len(held.files), sum(file.size for file in held.files))


def parts_of(root: Path, held: Contents) -> Parts:
    """The parts of the contents, to read."""
    return Parts(root, {part.digest: part for part in held.parts})


def file_pieces(parts: Parts, held: Contents, file: StoredFile) -> Iterator[bytes]:
    """A file of the contents, in pieces; raises Corrupt after the last one where its digest is another."""
    hasher = hashlib.sha256()
    for piece in stretch(parts, segments(held, file), 0, file.size):
        hasher.update(piece)
        yield piece
    if f"sha256:{hasher.hexdigest()}" != file.digest:
        raise Corrupt(f"{file.path!r} does not come back as it was", where=str(parts.root), advice=VERIFY)


def _write(stream: BinaryIO, pieces: Iterable[bytes], progress: Progress) -> None:
    for piece in pieces:
        stream.write(piece)
        progress.advance(len(piece))


def _write_folder(folder: Path, root: Path, held: Contents, progress: Progress) -> None:
    parts = parts_of(root, held)
    for file in held.files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            _write(stream, file_pieces(parts, held, file), progress)


def _check_paths(paths: Sequence[str]) -> None:
    """Raise Hostile for paths that lead out, that are there twice, or below one another."""
    taken = set(paths)
    above = {parent.as_posix() for path in paths for parent in Path(path).parents}
    for path in paths:
        if not path or plain(path, "the zoo") != path or path in above:
            raise Hostile(f"a file is called {path[:200]!r}", where="the zoo")
    if len(taken) != len(paths):
        raise Hostile("a file is there twice", where="the zoo")
