"""What archives hold, by name and size, read without unpacking them."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from deadweight.core.entry import Entry
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene

ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_LARGEST = 64 * 1024 * 1024
_MOST_MEMBERS = 50_000
_MOST_UNPACKED = 1024 * 1024 * 1024
_PIECE = 1024 * 1024


def stem_of(name: str) -> str | None:
    """The name without the ending of an archive, None where it has none."""
    return next((name[: -len(ending)] for ending in reversed(ARCHIVE_ENDINGS) if name.lower().endswith(ending)), None)


def members_of(scene: Scene, archives: Iterable[Entry]) -> Mapping[str, Mapping[str, int]]:
    """The files in each archive, by the archive's path: name to size in bytes.

    Archives over 64 MiB are left out, and so, with a gap, are those that cannot be read.
    """
    wanted = [entry for entry in archives if 0 < entry.size <= _LARGEST]
    found = {}
    for entry, body in scene.artifact.contents.stream(wanted) if wanted else ():
        try:
            found[entry.path] = _zip(body) if entry.head.startswith(b"PK") else _tar(body)
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
            scene.note(Gap("facts", entry.path, f"the archive cannot be read: {error}"))
    return found


def _zip(body: BinaryIO) -> dict[str, int]:
    with SpooledTemporaryFile(max_size=8 * _PIECE) as seekable:
        _copy(body, seekable)
        with zipfile.ZipFile(seekable) as archive:
            return {one.filename: one.file_size for one in archive.infolist() if not one.is_dir()}


def _copy(body: BinaryIO, to: IO[bytes]) -> None:
    while piece := body.read(_PIECE):
        to.write(piece)


def _tar(body: BinaryIO) -> dict[str, int]:
    found: dict[str, int] = {}
    unpacked = 0
    with tarfile.open(fileobj=body, mode="r|*") as archive:
        for member in archive:
            unpacked += member.size
            if len(found) >= _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
                raise tarfile.TarError(f"over {_MOST_MEMBERS} members or {_MOST_UNPACKED} bytes")
            if member.isreg():
                found[member.name.removeprefix("./")] = member.size
    return found


def unpacked_beside(scene: Scene, members: Mapping[str, int], directory: str) -> int:
    """How many of the members stand in the directory with the same size, as they are or without their first part."""
    prefix = directory + "/" if directory else ""
    stripped = {name.partition("/")[2] or name: size for name, size in members.items()}
    return max(_standing(scene, one, prefix) for one in (members, stripped))


def _standing(scene: Scene, members: Mapping[str, int], prefix: str) -> int:
    standing = 0
    for name, size in members.items():
        entry = scene.listing.by_path.get(prefix + name)
        standing += entry is not None and entry.size == size
    return standing
