"""The libraries of this host that ELF files ask its loader for (ld.so(8))."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.native.dynamic import Dynamic, dynamic_of
from deadweight.native.elf import MAGIC
from deadweight.native.loader_cache import cached_libraries
from deadweight.pipeline.scratch.gathering import Gathering

CACHE = "/etc/ld.so.cache"
_DEFAULT = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
BY_NAME = ("libgcc_s.so.1", "libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")
"""Libraries that the C library loads by name: to end threads, to look hosts and users up."""


@dataclass(frozen=True)
class HostLoader:
    """Where this host's loader looks, after the directories that the files themselves name."""

    cache: str = CACHE
    default: tuple[str, ...] = _DEFAULT

    @cached_property
    def cached(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of each library by name, in the cache's order; empty where there is no cache that is read."""
        found: dict[str, tuple[str, ...]] = {}
        try:
            for name, path in cached_libraries(Path(self.cache).read_bytes()):
                found[name] = (*found.get(name, ()), path)
        except (OSError, Corrupt):
            return {}
        return found

    def candidates(self, name: str, named: Iterable[str]) -> Iterator[str]:
        """The paths at which a library of the name may lie, in the loader's order; `named` directories come first."""
        if "/" in name:
            yield name
            return
        yield from (f"{directory}/{name}" for directory in named)
        yield from self.cached.get(name, ())
        yield from (f"{directory}/{name}" for directory in self.default)


@dataclass(slots=True)
class Libraries:
    """Takes libraries until nothing more is asked for. `provided` are the file names that the tree itself has."""

    gathering: Gathering
    loader: HostLoader
    provided: frozenset[str]
    seen: set[str] = field(default_factory=set)

    def take(self, files: Iterable[str]) -> None:
        """Take what these ELF files need, what that needs, and their loader; absolute paths."""
        waiting: list[tuple[str, tuple[str, ...]]] = [(path, ()) for path in files]
        while waiting:
            path, handed = waiting.pop()
            dynamic = self._asking(path) if path not in self.seen else None
            self.seen.add(path)
            if dynamic is not None:
                waiting += self._needed(path, dynamic, handed)

    def by_name(self, name: str, files: Iterable[str]) -> None:
        """Take a library that is loaded by name, where there is one for the machine of the first of the files."""
        by = next(filter(None, map(_dynamic, files)), None)
        found = self._found(name, (), by) if by else ""
        if found:
            self.take([found])

    def _asking(self, path: str) -> Dynamic | None:
        """What a file that is taken asks for; one that should say so and can't be read is noted."""
        try:
            return _read(path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as fault:
            self.gathering.note(path, f"what it needs is not known: {fault.strerror}")
        except Corrupt as fault:
            self.gathering.note(path, f"what it needs is not known: {fault.what}")
        return None

    def _needed(self, path: str, dynamic: Dynamic, handed: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        origin = posixpath.dirname(path)
        own = tuple(_expanded(directory, origin) for directory in (*dynamic.rpath, *dynamic.runpath))
        on = (*(_expanded(directory, origin) for directory in dynamic.rpath if not dynamic.runpath), *handed)
        if dynamic.interpreter:
            self.gathering.take(dynamic.interpreter)
        for name in dynamic.needed:
            found = self._found(name, (*own, *handed), dynamic)
            if found:
                yield found, on
            elif posixpath.basename(name) not in self.provided:
                self.gathering.note(path, f"needs {name}, which this host does not have")

    def _found(self, name: str, named: tuple[str, ...], by: Dynamic) -> str:
        """The path of the library as it really lies, taken; empty for none."""
        for candidate in self.loader.candidates(name, named):
            dynamic = _dynamic(candidate)
            if dynamic is not None and dynamic.machine == by.machine:
                return self.gathering.take(candidate) or str(Path(candidate).resolve())
        return ""


def _expanded(directory: str, origin: str) -> str:
    """The directory with `$ORIGIN` filled in."""
    return posixpath.normpath(directory.replace("${ORIGIN}", origin).replace("$ORIGIN", origin))


def _dynamic(path: str) -> Dynamic | None:
    """What a file asks the loader for, as the loader sees it: it passes over what it can't read."""
    try:
        return _read(path)
    except (OSError, Corrupt):
        return None


def _read(path: str) -> Dynamic | None:
    """What the file asks the loader for, None for what is no ELF file; raises Corrupt for a damaged one."""
    with Path(path).open("rb") as stream:
        if stream.read(4) != MAGIC:
            return None
        stream.seek(0)
        return dynamic_of(stream)
