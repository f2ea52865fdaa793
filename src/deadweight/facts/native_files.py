"""What every ELF file of the artifact asks the loader for, and which libraries and paths it names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.native.dynamic import Dynamic, dynamic_of
from deadweight.native.elf import MAGIC
from deadweight.native.names_within import names_within

_IN_MEMORY = 16 << 20


@dataclass(frozen=True, slots=True)
class NativeFile:
    """One ELF file: what it asks the loader for, and the names of libraries and absolute paths that stand in it."""

    dynamic: Dynamic
    names: frozenset[str]


def _native_files(scene: Scene) -> Mapping[str, NativeFile]:
    found: dict[str, NativeFile] = {}
    for entry, stream in scene.artifact.contents.stream(_wanted(scene)):
        try:
            found[entry.path] = _read(stream) if stream.seekable() else _read_aside(stream)
        except Corrupt as error:
            scene.note(Gap("native files", entry.path, f"what it needs is not known: {error.what}"))
    return found


def _read(body: BinaryIO) -> NativeFile:
    dynamic = dynamic_of(body)
    body.seek(0)
    return NativeFile(dynamic, names_within(body))


def _read_aside(stream: BinaryIO) -> NativeFile:
    """What a body that is read forward only says: the names that a dynamic section points at lie before it.

    It is laid aside, beyond 16 MiB on disk.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as kept:
        shutil.copyfileobj(stream, kept, 1 << 20)
        kept.seek(0)
        return _read(cast(BinaryIO, kept))


def _wanted(scene: Scene) -> Iterator[Entry]:
    by_path = scene.listing.by_path
    for entry in scene.listing.entries:
        body = by_path.get(entry.target, entry) if entry.kind is Kind.HARDLINK else entry
        if entry.kind in (Kind.FILE, Kind.HARDLINK) and (entry.head or body.head)[:4] == MAGIC:
            yield entry


NATIVE_FILES: Fact[Mapping[str, NativeFile]] = Fact("native files", _native_files)
"""Every ELF file by its path, read in one pass over the artifact; damaged ones are noted."""
