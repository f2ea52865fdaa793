"""Libraries that need others, made by the C compiler of this machine, and scenes of whole systems."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from builders.elves import compiled
from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES

_ALL_NEEDED = "-Wl,--no-as-needed"


@functools.cache
def linked(soname: str = "", needed: tuple[str, ...] = (), *flags: str) -> bytes:
    """A library of this soname that needs these, without the C library. `needed` are sonames.

    A library that is linked against must be there, so each is made first.
    """
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        for place, name in enumerate(needed):
            Path(folder, f"{place}.so").write_bytes(linked(name))
        others = tuple(str(Path(folder, f"{place}.so")) for place in range(len(needed)))
        named = (f"-Wl,-soname,{soname}",) if soname else ()
        return compiled("int answer;", ("-shared", "-fPIC", "-nostdlib", _ALL_NEEDED, *others, *named, *flags))


def link(path: str, target: str) -> Entry:
    """A symbolic link's entry."""
    return Entry(path, Kind.SYMLINK, target=target)


def system_scene(
    files: Mapping[str, bytes | Entry], environment: Mapping[str, str] | None = None, words: tuple[str, ...] = ("app",)
) -> Scene:
    """A whole system of these files in which the words are run."""
    scene = scene_of({"etc/os-release": b"ID=test\n", **files})
    scene.learn(ENTRANCES, (Entrance(words, "--run", environment=dict(environment or {})),))
    return scene
