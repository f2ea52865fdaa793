"""What own checks are made from, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deadweight.core.closure import Closure
from deadweight.core.probe import Probe
from deadweight.core.scene import Scene
from deadweight.facts.hard_imports import HARD_IMPORTERS, MODULE_PATHS, named_sources, reaching
from deadweight.needs.closure import CLOSURE
from deadweight.sandbox.stand import Stand

_UNKNOWN = Closure(known=False)


@dataclass(frozen=True, slots=True)
class Checks:
    """Probes that deadweight made, and sentences on what they leave unproven."""

    probes: tuple[Probe, ...] = ()
    unproven: tuple[str, ...] = ()


def together(parts: Iterable[Checks]) -> Checks:
    """All of them as one."""
    every = tuple(parts)
    return Checks(
        tuple(probe for one in every for probe in one.probes), tuple(t for one in every for t in one.unproven)
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """The original, what the result keeps of it, and where the original stands.

    `held` is whether a sandbox holds what is run. `lost` are the modules that the result has, that nothing reaches and
    that can't be imported any more, each with the module that it needs and that is gone. `loose` are those that may
    not be: they, or what they execute, speak of what is gone under a condition or in a function.
    """

    original: Scene
    kept: Scene
    stand: Stand
    held: bool
    closure: Closure = _UNKNOWN
    lost: Mapping[str, str] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()

    def reaches(self, path: str) -> bool:
        """Whether the program may need the path; where nothing is known of what it needs, it may."""
        return not self.closure.known or path in self.closure

    def reaches_module(self, name: str) -> bool:
        """Whether the program may need the module."""
        return not self.closure.known or any(map(self.reaches, self.original.ask(MODULE_PATHS).get(name, ())))


def ground(original: Scene, kept: Scene, stand: Stand, *, held: bool) -> Ground:
    """What checks of this result are made from."""
    gone = _gone(original, kept)
    closure = original.ask(CLOSURE) if gone else _UNKNOWN
    if not closure.known:
        return Ground(original, kept, stand, held)
    paths = original.ask(MODULE_PATHS)
    idle = {name for name, files in paths.items() if not any(path in closure for path in files)} - gone
    lost, loose = _unsure(original, gone, idle)
    return Ground(original, kept, stand, held, closure, lost, loose)


def _unsure(original: Scene, gone: frozenset[str], idle: set[str]) -> tuple[Mapping[str, str], frozenset[str]]:
    """Of the modules that nothing reaches: those that need what is gone, and those that may."""
    importers = {name: [one for one in by if one in idle] for name, by in original.ask(HARD_IMPORTERS).items()}
    lost = reaching(sorted(gone), importers)
    speaking = {name for name, source in named_sources(original) if name in idle and not gone.isdisjoint(source.nested)}
    return lost, frozenset(speaking | reaching(sorted(speaking), importers).keys()) - lost.keys()


def _gone(original: Scene, kept: Scene) -> frozenset[str]:
    """The modules that the result has no file of; where there is none, all that is kept works as before."""
    there = kept.listing.by_path
    paths = original.ask(MODULE_PATHS)
    return frozenset(name for name, files in paths.items() if not any(path in there for path in files))
