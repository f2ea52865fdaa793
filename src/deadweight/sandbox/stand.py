"""Where a program stands while it is watched: the tree, the program on it, and the limits it is held to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stand:
    """A tree that a program runs on; it is never written.

    A directory of this host (`image` False): the host's root is seen read-only and `root` is seen at `place`, the
    absolute path of the original, so that shebangs and absolute paths hold for a copy too. An image's own root
    file system (`image` True): `root` is the materialised tree and is seen at `/`, whatever its place.
    """

    root: Path
    place: str = "/"
    image: bool = False

    def __post_init__(self) -> None:
        if not self.root.is_absolute() or not self.place.startswith("/"):
            raise ValueError(f"{self.root} at {self.place}: a stand is given by absolute paths")

    @property
    def top(self) -> str:
        """The path at which the program sees the tree."""
        return "/" if self.image else self.place

    def holds(self, path: str) -> bool:
        """Whether a path that the program sees lies in the tree."""
        return path == self.top or path.startswith(self.top.rstrip("/") + "/")

    def behind(self, path: str) -> Path:
        """Where on this host a path lies that the program sees; symbolic links are not followed."""
        return self.root / path[len(self.top) :].lstrip("/") if self.holds(path) else Path(path)

    def seen(self, path: str) -> str:
        """The absolute path that the program sees for one that may be relative to the tree, empty for the tree."""
        return posixpath.normpath(posixpath.join(self.top, path))


@dataclass(frozen=True, slots=True)
class Program:
    """What is run: words, directory, environment and user as the program sees them.

    `directory` and `writable` may be relative to the tree; `directory` is empty for the tree itself. `user` is as an
    image writes it (`name`, `uid`, `uid:gid`), empty for root in an image, for whoever runs deadweight elsewhere.
    `port` is 0 where it is to be found by looking at what the program listens on. `writable` directories are empty and
    writable in the sandbox, besides /tmp and /run.
    """

    command: tuple[str, ...]
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    port: int = 0
    writable: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65536:
            raise ValueError(f"port {self.port} is none")


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run may take: seconds to become ready, to run in all and to stop when told to; bytes of memory and of
    temporary files, 0 for as much as there is; processes. A program that takes more is stopped, and the record says so.
    """

    start_seconds: float = 180.0
    run_seconds: float = 1800.0
    stop_seconds: float = 10.0
    memory: int = 16 << 30
    temporary: int = 2 << 30
    processes: int = 4096
