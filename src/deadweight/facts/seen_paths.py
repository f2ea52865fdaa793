"""Where in the artifact a path lies that a program names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from deadweight.core.scene import Fact, Scene
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.places import is_root_file_system


def _roots(scene: Scene) -> tuple[str, ...]:
    whole = ("/",) if is_root_file_system(scene) else ()
    return tuple(dict.fromkeys((*(one.root for one in scene.ask(ENTRANCES)), *whole)))


ROOTS: Fact[tuple[str, ...]] = Fact("roots", _roots)
"""Where the artifact's root is as programs see it: `/` for a whole system, and what the ways in say."""


def seen_at(scene: Scene, absolute: str) -> Iterator[str]:
    """The paths in the artifact that an absolute path can be, there or not; none for the root, or what lies outside."""
    whole = posixpath.normpath(absolute)
    for root in scene.ask(ROOTS):
        top = root.rstrip("/") + "/"
        path = whole[len(top) :].lstrip("/") if whole.startswith(top) else ""
        if path:
            yield path


def _search_path(scene: Scene) -> tuple[str, ...]:
    stated = [one.environment.get("PATH", "") for one in scene.ask(ENTRANCES)]
    standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    places = [place for text in (*stated, standard) for place in text.split(":") if place.startswith("/")]
    found = [path for place in places for path in seen_at(scene, place)]
    found += [
        directory
        for name in ("bin", "sbin")
        for directory in scene.listing.directories_named.get(name, ())
        if f"{directory.rpartition('/')[0]}/pyvenv.cfg".lstrip("/") in scene.listing
    ]
    return tuple(dict.fromkeys(found))


SEARCH_PATH: Fact[tuple[str, ...]] = Fact("search path", _search_path)
"""The directories in which commands are looked up, in order: PATH of the ways in, the usual ones, environments'."""


def program_at(scene: Scene, name: str) -> str | None:
    """The first path that a command of this name is on the search path, links not followed; None for none."""
    for directory in scene.ask(SEARCH_PATH):
        path = f"{directory}/{name}" if directory else name
        if _is_there(scene, path):
            return path
    return None


def _is_there(scene: Scene, path: str) -> bool:
    real = scene.listing.resolve(path)
    return real is not None and real in scene.listing and real not in scene.listing.directories
