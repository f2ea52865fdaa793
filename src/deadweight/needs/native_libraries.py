"""What the loader maps with a native file: its interpreter and its libraries, at any remove.

A program or library that is reached is taken as one that is run or loaded by dlopen: what it needs is searched as
ld.so(8) does, through DT_RPATH of those that asked for it, LD_LIBRARY_PATH, DT_RUNPATH, the cache and the system's
directories. A name that no search leads to keeps every library of that name: wheels rely on one that another wheel had
mapped before (dependencies, 6.7).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.library_search import LIBRARY_SEARCH, Loaded
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.seen_paths import seen_at
from deadweight.facts.system_texts import SYSTEM_TEXTS


def _seeds(scene: Scene) -> Iterator[Step]:
    """Libraries that every program maps because the environment or the system says so."""
    stated = [(one.environment.get("LD_PRELOAD", ""), "is in LD_PRELOAD") for one in scene.ask(ENTRANCES)]
    stated.append((scene.ask(SYSTEM_TEXTS).get("etc/ld.so.preload", b"").decode("utf-8", "replace"), "is preloaded"))
    search = scene.ask(LIBRARY_SEARCH)
    for text, says in stated:
        for name in text.replace(":", " ").split():
            paths = seen_at(scene, name) if "/" in name else search.providers.get(name, ())
            yield from (Step(path, says) for path in paths)


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    file = scene.ask(NATIVE_FILES).get(path)
    if file is None:
        return
    for place in seen_at(scene, file.dynamic.interpreter) if file.dynamic.interpreter else ():
        yield Step(place, "is the program interpreter (PT_INTERP)", path)
    for one in scene.ask(LIBRARY_SEARCH).loaded(path):
        yield Step(one.path, _reason(one), one.by)


def _reason(one: Loaded) -> str:
    if one.found:
        return f"is its DT_NEEDED {one.name}"
    return f"provides its DT_NEEDED {one.name}, which no search leads to: another file may have it mapped before"


NEED: Need = Need("native-libraries", "libraries that native code needs", _seeds, _follow)
