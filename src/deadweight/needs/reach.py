"""Whether a way in leads to what a person asks about, and by which steps."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.closure import Step
from deadweight.core.entry import Kind
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.facts.explanation import Explanation
from deadweight.needs.closure import CLOSURE

_MOST_CHAINS = 2000


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the files are members of the closure, and the steps from a way in to the one nearest to it.

    `known` is False where nothing says how the program starts; an empty `chain` says that nothing leads there.
    """

    known: bool
    members: int
    files: int
    chain: tuple[Step, ...]


def reach_of(scene: Scene, said: Explanation) -> Reach:
    """The reach of the path, of all below it, or of what the owner of that name has."""
    closure = scene.ask(CLOSURE)
    path = said.subject.strip("/")
    named = path in scene.listing or path in scene.listing.directories
    paths = [
        entry.path
        for entry in scene.listing.entries
        if (is_under(entry.path, path) if named else str(scene.ownership.of(entry.path)) == said.owner)
        and entry.kind is not Kind.DIRECTORY
    ]
    members = [one for one in paths if one in closure]
    chains = [closure.chain(one) for one in members[:_MOST_CHAINS]]
    return Reach(closure.known, len(members), len(paths), min(chains, key=len, default=()))
