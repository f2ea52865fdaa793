"""Which paths symbolic links and the image's configuration point at."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from deadweight.core.paths import is_under, link_target
from deadweight.core.scene import Fact, Scene


@dataclass(frozen=True, slots=True)
class Pointer:
    """A path that something points at, and what does: a link's path, or a part of the configuration."""

    target: str
    source: str
    configured: bool = False


def _pointed_at(scene: Scene) -> tuple[Pointer, ...]:
    return tuple(sorted((*_linked(scene), *_configured(scene)), key=lambda pointer: pointer.target))


def _linked(scene: Scene) -> Iterator[Pointer]:
    """Where each link points, seen from the artifact's root and, for a directory, from where it lies on the host."""
    here = os.path.realpath(scene.artifact.location) + "/"
    for path, text in scene.listing.links.items():
        for spelled in (text, text.removeprefix(here)) if text.startswith(here) else (text,):
            target = link_target(path if spelled is text else "", spelled)
            if target:
                yield Pointer(target, path)


def _configured(scene: Scene) -> Iterator[Pointer]:
    image = scene.artifact.image
    if image is None:
        return
    for said in image.environment:
        name, _, value = said.partition("=")
        for part in value.split(":"):
            yield from _pointer(part, f"environment variable {name}")
    for part in (*image.entrypoint, *image.command):
        for word in part.split():
            yield from _pointer(word, "command of the image")
    yield from _pointer(image.working_directory, "working directory of the image")


def _pointer(text: str, source: str) -> Iterator[Pointer]:
    path = link_target("", text) if text.startswith("/") else None
    if path:
        yield Pointer(path, source, configured=True)


POINTED_AT = Fact("pointed at", _pointed_at)
"""What symbolic links and the image's environment, command and working directory point at, sorted by target."""


def pointers_into(scene: Scene, directory: str) -> Iterator[Pointer]:
    """All that points at the directory or into it from outside, by target."""
    pointers = scene.ask(POINTED_AT)
    place = bisect_left(pointers, directory, key=lambda pointer: pointer.target)
    for pointer in takewhile(lambda one: one.target.startswith(directory), pointers[place:]):
        if is_under(pointer.target, directory) and (pointer.configured or not is_under(pointer.source, directory)):
            yield pointer


def pointer_into(scene: Scene, directory: str) -> Pointer | None:
    """The first thing outside the directory that points at it or into it."""
    return next(pointers_into(scene, directory), None)
