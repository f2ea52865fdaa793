"""Finds locks that pin the libraries of a GPU where nothing asks for one.

Why it weighs
-------------
The next build installs what the lock says. A lock that took CUDA in through a bump of something else makes that image
2,204 MB of downloads heavier, on arm64 too since torch 2.12 (588 MB became 3.31 GB).

Evidence
--------
The pins of uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock and compiled requirements that lie in the
artifact as a project's own; who needs them and the bytes of their files as far as the lock says so. Nothing is said
where the artifact's environment or its command asks for a GPU.

Edit
----
None: a lock is made by its tool. The finding says which pin to change; `deadweight deps check --against OLD.lock` says
which bump brought it.

Source
------
Measured: dependencies, 6.8. pythonitalia/pycon#4686.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.plural import plural
from deadweight.core.requirement import Lock, Pinned
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.dependencies.gpu_arrival import download_of, gpu_carriers
from deadweight.facts.gpu import GPU
from deadweight.facts.gpu_names import is_gpu_library
from deadweight.facts.stated_projects import STATED_PROJECTS
from deadweight.rules.reporting import owner_name

_NAME = "cuda-in-lock"


def _find(scene: Scene) -> Iterator[Finding]:
    locks = [(project.path(lock.path), lock) for project in scene.ask(STATED_PROJECTS) for lock in project.locks]
    pinned = [(path, lock, pins) for path, lock in locks if (pins := _libraries(lock))]
    if pinned and not any(asking.is_certain for asking in scene.ask(GPU).asking):
        for path, lock, pins in pinned:
            yield _finding(scene, path, lock, pins)


def _libraries(lock: Lock) -> tuple[Pinned, ...]:
    return tuple(pin for pin in lock.pins if is_gpu_library(pin.name))


def _finding(scene: Scene, path: str, lock: Lock, pins: tuple[Pinned, ...]) -> Finding:
    sizes = [size for pin in pins if (size := download_of(pin)) is not None]
    bytes_told = f", {sum(sizes):,} bytes to download" if sizes else ""
    says = f"the lock pins {plural(len(pins), 'library')} for a GPU that nothing asks for: the next build brings that"
    evidence = (
        Evidence(f"{', '.join(pin.name for pin in pins[:3])}{' and more' if len(pins) > 3 else ''}{bytes_told}", path),
        *(Evidence(f"{name} needs them", path) for name in gpu_carriers(lock)),
        Evidence("no environment and no command asks for a GPU", "the whole artifact"),
    )
    return Finding(_NAME, owner_name(scene, path), says, (path,), 0, 0, evidence, Confidence.POSSIBLE)


RULE: Rule = Rule(_NAME, "locks that bring CUDA where nothing asks for a GPU", Safety.SUGGESTED, _find)
