"""Where the artifact's own loader looks besides what files ask for: its cache and its directories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.places import is_root_file_system
from deadweight.facts.seen_paths import seen_at
from deadweight.facts.system_texts import SYSTEM_TEXTS
from deadweight.native.loader_cache import cached_libraries

CACHE, CONFIGURATION = "etc/ld.so.cache", "etc/ld.so.conf"
_MUSL = re.compile(r"(?:usr/)?lib/ld-musl-[^/]+\.so\.1")
_MULTIARCH = re.compile(r"[^/]+-linux-(?:gnu|musl)[^/]*")
_MOST_INCLUDES = 100


@dataclass(frozen=True, slots=True)
class LoaderDirectories:
    """`cached` are the paths by a library's name, in the cache's order, `system` the directories searched last.

    `musl` is whether the loader is musl's, which hands DT_RUNPATH on as others do DT_RPATH, and has no cache.
    """

    cached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    system: tuple[str, ...] = ()
    musl: bool = False


def _loader_directories(scene: Scene) -> LoaderDirectories:
    if not is_root_file_system(scene):
        return LoaderDirectories()
    if any(_MUSL.fullmatch(path) for place in ("lib", "usr/lib") for path in scene.listing.directly_in(place)):
        return LoaderDirectories({}, tuple(_of_musl(scene)), musl=True)
    configured = [path for line in _configured(scene, CONFIGURATION) for path in seen_at(scene, line)]
    return LoaderDirectories(_cached(scene), tuple(dict.fromkeys((*configured, *_standard(scene)))))


def _of_musl(scene: Scene) -> Iterator[str]:
    texts = scene.ask(SYSTEM_TEXTS)
    paths = [body for path, body in texts.items() if path.startswith("etc/ld-musl-")]
    stated = [place for body in paths for place in re.split(r"[:\n]", body.decode("utf-8", "replace")) if place]
    for place in stated or ("/lib", "/usr/local/lib", "/usr/lib"):
        yield from seen_at(scene, place.strip())


def _cached(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    body = scene.ask(SYSTEM_TEXTS).get(CACHE)
    if body is None:
        return {}
    try:
        entries = cached_libraries(body)
    except Corrupt as error:
        scene.note(Gap("loader directories", CACHE, f"{error.what}; the directories are searched instead"))
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name, absolute in entries:
        found[name] = (*found.get(name, ()), *seen_at(scene, absolute))
    return found


def _configured(scene: Scene, first: str) -> Iterator[str]:
    """The directories that ld.so.conf names, with those of the files that it includes (ldconfig(8))."""
    texts = scene.ask(SYSTEM_TEXTS)
    waiting, read = [first], 0
    while waiting and read < _MOST_INCLUDES:
        path = waiting.pop(0)
        read += 1
        for line in texts.get(path, b"").decode("utf-8", "replace").split("\n"):
            words = line.partition("#")[0].split()
            if words[:1] == ["include"]:
                globs = [word.lstrip("/") if word.startswith("/") else f"etc/{word}" for word in words[1:]]
                waiting += sorted(one for one in texts for glob in globs if fnmatchcase(one, glob))
            elif words and words[0].startswith("/"):
                yield words[0]


def _standard(scene: Scene) -> Iterator[str]:
    """Where a loader looks by itself: Debian's directories by machine, the 64-bit ones of others, the plain ones."""
    for place in ("lib", "usr/lib"):
        for name in sorted(_below(scene, place)):
            if _MULTIARCH.fullmatch(name):
                yield f"{place}/{name}"
    yield from ("lib64", "usr/lib64", "lib", "usr/lib")


def _below(scene: Scene, place: str) -> set[str]:
    real = scene.listing.resolve(place)
    above = f"{real}/"
    return {
        path[len(above) :]
        for path in scene.listing.directories
        if path.startswith(above) and "/" not in path[len(above) :]
    }


LOADER_DIRECTORIES: Fact[LoaderDirectories] = Fact("loader directories", _loader_directories)
"""The loader's cache and directories; none for an artifact that is no whole system: the host's loader runs it."""
