"""Where the loader finds the libraries that an ELF file needs (ld.so(8); musl, ldso/dynlink.c)."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.listing import Listing
from deadweight.core.scene import Fact, Scene
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.loader_directories import LOADER_DIRECTORIES, LoaderDirectories
from deadweight.facts.native_files import NATIVE_FILES, NativeFile
from deadweight.facts.seen_paths import seen_at

_PLATFORMS = {62: "x86_64", 183: "aarch64", 3: "i686", 40: "v7l", 21: "powerpc64le", 243: "riscv64", 22: "s390x"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A library that the loader maps: its path as it is found (a link, often), by which name, and for which file.

    `found` is False for one that no search leads to, and that is mapped only if another file had it mapped before.
    """

    path: str
    name: str
    by: str
    found: bool = True


@dataclass(frozen=True, slots=True)
class _Link:
    """A mapped file with the directories that it and those that asked for it hand on (DT_RPATH), and its own."""

    path: str
    handed: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibrarySearch:
    """The loader's search in the artifact.

    `providers` are the files by the names that they can be mapped under, `first` the directories of LD_LIBRARY_PATH,
    `inside` gives the paths in the artifact of an absolute one.
    """

    listing: Listing
    files: Mapping[str, NativeFile]
    providers: Mapping[str, tuple[str, ...]]
    directories: LoaderDirectories
    first: tuple[str, ...]
    inside: Callable[[str], Iterable[str]]

    def loaded(self, path: str) -> Iterator[Loaded]:
        """Every library that is mapped with the file, run as a program or loaded by dlopen, in the loader's order."""
        waiting = deque([self._link(path, path, ())])
        mapped = {self.files[path].dynamic.soname}
        seen = {path}
        while waiting:
            link = waiting.popleft()
            for name in self.files[link.path].dynamic.needed:
                if name in mapped:
                    continue
                for one in self._found(name, link):
                    yield one
                    real = self.listing.resolve(one.path) or one.path
                    mapped.update((name, self.files[real].dynamic.soname) if one.found else ())
                    if real not in seen:
                        seen.add(real)
                        waiting.append(self._link(real, one.path, link.handed))

    def named(self, name: str, by: str) -> tuple[Loaded, ...]:
        """What dlopen of the name gives to the file; every library of that name where no search leads to one."""
        return self._found(name, self._link(by, by, ())) if by in self.files else self._provided(name, by)

    def _link(self, path: str, found: str, handed: tuple[str, ...]) -> _Link:
        dynamic = self.files[path].dynamic
        places = tuple(dict.fromkeys((posixpath.dirname(found), posixpath.dirname(path))))
        rpath = tuple(self._expanded(dynamic.rpath, places, dynamic.machine[0]))
        runpath = tuple(self._expanded(dynamic.runpath, places, dynamic.machine[0]))
        if self.directories.musl:
            return _Link(path, (*rpath, *runpath, *handed), ())
        return _Link(path, handed if runpath else (*rpath, *handed), runpath)

    def _expanded(self, directories: Iterable[str], places: Iterable[str], machine: int) -> Iterator[str]:
        """The directories in the artifact for those of a file that lies in any of the places."""
        for directory in directories:
            for origin in places:
                for library in ("lib", "lib64") if "LIB" in directory else ("",):
                    yield from self._place(directory, origin, (library, _PLATFORMS.get(machine, "")))

    def _place(self, directory: str, origin: str, tokens: tuple[str, str]) -> Iterator[str]:
        library, platform = tokens
        for token, text in (("LIB", library), ("PLATFORM", platform)):
            directory = directory.replace(f"${{{token}}}", text).replace(f"${token}", text)
        rest = directory.replace("${ORIGIN}", "$ORIGIN")
        if rest.startswith("$ORIGIN"):
            place = posixpath.normpath(posixpath.join("/", origin) + rest.removeprefix("$ORIGIN"))
            yield place.lstrip("/")
        elif rest.startswith("/"):
            yield from self.inside(rest)

    def _found(self, name: str, link: _Link) -> tuple[Loaded, ...]:
        """What the name leads to: one library, with its variants for other processors of the same machine."""
        machine = self.files[link.path].dynamic.machine
        for paths in self._candidates(name, link):
            fitting = tuple(Loaded(path, name, link.path) for path in paths if self._fits(path, machine))
            if fitting:
                return fitting
        return tuple(one for one in self._provided(name, link.path) if self._fits(one.path, machine))

    def _candidates(self, name: str, link: _Link) -> Iterator[Iterable[str]]:
        if "/" in name:
            yield self._place(name, posixpath.dirname(link.path), ("lib", ""))
            return
        yield from (self._variants(directory, name) for directory in self._order(link))
        if not self.files[link.path].dynamic.no_default:
            yield self.directories.cached.get(name, ())
            yield from (self._variants(directory, name) for directory in self.directories.system)

    def _order(self, link: _Link) -> tuple[str, ...]:
        """The directories that the files and the environment name, in the order that the loader takes them."""
        if self.directories.musl:
            return (*self.first, *link.handed)
        handed = () if self.files[link.path].dynamic.runpath else link.handed
        return (*handed, *self.first, *link.own)

    def _variants(self, directory: str, name: str) -> Iterator[str]:
        prefix = f"{directory}/" if directory else ""
        yield prefix + name
        real = self.listing.resolve(f"{prefix}glibc-hwcaps")
        if real is not None and real in self.listing.directories:
            yield from (path for path in self.listing.paths_under(real) if path.endswith(f"/{name}"))

    def _fits(self, path: str, machine: tuple[int, int, str]) -> bool:
        real = self.listing.resolve(path)
        file = self.files.get(real) if real is not None else None
        return file is not None and file.dynamic.machine == machine

    def _provided(self, name: str, by: str) -> tuple[Loaded, ...]:
        return tuple(Loaded(path, name, by, found=False) for path in self.providers.get(name, ()))


def _library_search(scene: Scene) -> LibrarySearch:
    def inside(absolute: str) -> Iterable[str]:
        return seen_at(scene, absolute)

    listing, files = scene.listing, scene.ask(NATIVE_FILES)
    stated = [one.environment.get("LD_LIBRARY_PATH", "") for one in scene.ask(ENTRANCES)]
    places = [place for text in stated for place in text.replace(";", ":").split(":") if place.startswith("/")]
    first = tuple(dict.fromkeys(path for place in places for path in inside(place)))
    return LibrarySearch(listing, files, _providers(listing, files), scene.ask(LOADER_DIRECTORIES), first, inside)


def _providers(listing: Listing, files: Mapping[str, NativeFile]) -> Mapping[str, tuple[str, ...]]:
    """The files by the name that they have, the one that they give themselves, and those of links to them."""
    found: dict[str, dict[str, None]] = {}
    for path, file in files.items():
        for name in (posixpath.basename(path), file.dynamic.soname):
            if name:
                found.setdefault(name, {})[path] = None
    for path in listing.links:
        if ".so" in posixpath.basename(path) and (listing.resolve(path) or "") in files:
            found.setdefault(posixpath.basename(path), {})[path] = None
    return {name: tuple(paths) for name, paths in found.items()}


LIBRARY_SEARCH: Fact[LibrarySearch] = Fact("library search", _library_search)
"""How the loader finds libraries in the artifact."""
