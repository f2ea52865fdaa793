"""Where a program stands while it is watched: the tree, the program on it, and the limits it is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stand:
    """A tree that a program runs on; it is never written.

    A directory of this host (`image` False): the host's root is seen read-only and `root` is seen at `place`, the
    absolute path of the original, so that shebangs and absolute paths hold for a copy too. An image's own root
    file system (`image` True): `root` is the materialised tree and is seen at `/`.
    """

    root: Path
    place: str = "/"
    image: bool = False

    def __post_init__(self) -> None:
        if not self.root.is_absolute() or not self.place.startswith("/"):
            raise ValueError(f"{self.root} at {self.place}: a stand is given by absolute paths")

    def behind(self, path: str) -> Path:
        """Where on this host a path lies that the program sees; symbolic links are not followed."""
        if self.image:
            return self.root / path.lstrip("/")
        if path == self.place or path.startswith(self.place.rstrip("/") + "/"):
            return self.root / path[len(self.place) :].lstrip("/")
        return Path(path)


@dataclass(frozen=True, slots=True)
class Program:
    """What is run: words, directory, environment and user as the program sees them.

    `directory` is empty for the stand's place, `user` as an image writes it (`name`, `uid`, `uid:gid`), empty for
    root in an image, for whoever runs deadweight elsewhere. `port` is 0 where it is to be found by looking at what the
    program listens on. `writable` directories are empty and writable in the sandbox, besides /tmp and /run.
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
