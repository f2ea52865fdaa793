"""One thing that goes into a root file system: an entry, and where its body is."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.entry import Entry, Kind
from deadweight.formats.trees.contents import Identity, identity

_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.DIRECTORY, stat.S_IFLNK: Kind.SYMLINK}


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry owned by root, and its body: a file of this host that is still the same, or bytes that were made up."""

    entry: Entry
    host: Path | None = None
    identity: Identity | None = None
    body: bytes = b""


def made_file(path: str, body: bytes, mode: int = 0o644) -> Piece:
    """A file with this body."""
    return Piece(Entry(path, Kind.FILE, size=len(body), stored=len(body), mode=mode), body=body)


def made_directory(path: str, mode: int = 0o755) -> Piece:
    """A directory."""
    return Piece(Entry(path, Kind.DIRECTORY, mode=mode))


def host_piece(host: Path, path: str) -> Piece | None:
    """What lies there on this host, at a path of the image; None for nothing, a device, a socket or a pipe.

    Directories are given mode 0755 at least: what only root may look into here must be found by any user there.
    """
    try:
        status = host.lstat()
        target = os.readlink(host) if stat.S_ISLNK(status.st_mode) else ""  # noqa: PTH115  the text, not a path
    except OSError:
        return None
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if kind is None:
        return None
    mode = stat.S_IMODE(status.st_mode) | (0o755 if kind is Kind.DIRECTORY else 0)
    size = status.st_size if kind is Kind.FILE else 0
    entry = Entry(path, kind, size=size, stored=size, mode=mode, mtime=float(int(status.st_mtime)), target=target)
    return Piece(entry, host, identity(status)) if kind is Kind.FILE else Piece(entry)
