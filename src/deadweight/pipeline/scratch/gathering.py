"""Takes files of this host, each with the symbolic links that lead to it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.entry import Kind
from deadweight.core.gap import Gap
from deadweight.core.listing import MAX_LINKS
from deadweight.formats.composed.pieces import Piece, host_piece

UNREAL = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp")
"""What is not the system's, but of the moment."""


def nothing(path: str) -> bool:
    """Nothing is left out."""
    return False


@dataclass(frozen=True, slots=True)
class Gathering:
    """What was taken so far, by plain path; what lies in `root`, the tree that is there anyway, never is.

    Nothing is taken from the `unreal` directories but what leads to the tree.
    """

    root: str
    unreal: tuple[str, ...] = UNREAL
    pieces: dict[str, Piece] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def take(self, path: str) -> str:
        """Take what lies at an absolute path, with every link on the way and at its end; a directory without content.

        Gives the path where it really lies, empty where nothing does.
        """
        here, waiting = "/", _parts(path)
        for _ in range(MAX_LINKS * 10):
            if not waiting:
                return here
            part = waiting.pop()
            step = posixpath.join(here, part)
            piece = self._piece(step) if part != ".." else None
            if part == "..":
                here = posixpath.dirname(here)
            elif piece is None:
                return ""
            elif piece.entry.kind is Kind.SYMLINK:
                here = "/" if piece.entry.target.startswith("/") else here
                waiting += _parts(piece.entry.target)
            else:
                here = step
        return ""

    def take_all(self, path: str, leave: Callable[[str], bool] = nothing) -> None:
        """Take a directory with all that lies in it, links followed; `leave` says which real paths are left out."""
        real = self.take(path)
        waiting = [real] if real and Path(real).is_dir() else []
        while waiting:
            for child in _children(waiting.pop()):
                if leave(child) or self.holds(child):
                    continue
                if Path(child).is_symlink():
                    self.take(child)
                elif Path(child).is_dir():
                    self._piece(child)
                    waiting.append(child)
                else:
                    self._piece(child)

    def put(self, piece: Piece) -> None:
        """Take something that was made up, unless the host's own is there already."""
        self.pieces.setdefault(piece.entry.path, piece)

    def holds(self, path: str) -> bool:
        """Whether an absolute path lies in the tree that is there anyway."""
        return path == self.root or path.startswith(self.root.rstrip("/") + "/")

    def note(self, where: str, reason: str) -> None:
        """Remember what is not known or not there."""
        self.gaps.append(Gap("compose", where, reason))

    def _piece(self, path: str) -> Piece | None:
        plain = posixpath.normpath(path).lstrip("/")
        if plain in self.pieces:
            return self.pieces[plain]
        if self.is_unreal(path) and not self.leads_to_root(path):
            return None
        piece = host_piece(Path(path), plain)
        if piece is not None and plain and not self.holds(path):
            self.pieces[plain] = piece
        return piece

    def is_unreal(self, path: str) -> bool:
        """Whether an absolute path is not the system's, but of the moment."""
        return any(path == place or path.startswith(place + "/") for place in self.unreal)

    def leads_to_root(self, path: str) -> bool:
        """Whether an absolute path is the tree, lies in it, or above it."""
        return self.holds(path) or self.root.startswith(path.rstrip("/") + "/")


def _parts(path: str) -> list[str]:
    """The components of a path, last first."""
    return [part for part in path.split("/") if part not in ("", ".")][::-1]


def _children(directory: str) -> Iterator[str]:
    try:
        yield from sorted(str(child) for child in Path(directory).iterdir())
    except OSError:
        return
