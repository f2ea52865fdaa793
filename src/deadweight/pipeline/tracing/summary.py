"""How much of an artifact a trace touched, as a whole and owner by owner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.core.trace import Touch, Trace, Use

_READ = frozenset((Use.OPENED, Use.EXECUTED, Use.MAPPED))


@dataclass(frozen=True, slots=True)
class Part:
    """Files and unpacked bytes of some whole, and those of it that were read: opened, executed or mapped."""

    name: str
    files: int = 0
    size: int = 0
    read_files: int = 0
    read_size: int = 0


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """The whole, each owner with the most read bytes first, how many paths each use has, and the programs that ran."""

    whole: Part
    owners: tuple[Part, ...]
    uses: Mapping[Use, int]
    programs: tuple[str, ...]

    def cost(self, trace: Trace) -> float:
        """How many times longer the run took traced than untraced, 0 where that was not measured."""
        return trace.traced_seconds / trace.plain_seconds if trace.plain_seconds else 0.0


def summary(scene: Scene, trace: Trace) -> TraceSummary:
    """Count the trace against its artifact; links are followed, and bytes that hard links share count once."""
    read = {entry.path for touch in trace.touches if (entry := _read(scene, touch)) is not None}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for entry in scene.listing.entries:
        if entry.kind is Kind.DIRECTORY:
            continue
        count = counts[str(scene.ownership.of(entry.path))]
        taken = entry.path in read
        for place, amount in enumerate((1, entry.size, taken, taken * entry.size)):
            count[place] += amount
    owners = sorted(
        (Part(name, *count) for name, count in counts.items()), key=lambda part: (-part.read_size, part.name)
    )
    whole = Part("", *(sum(count[place] for count in counts.values()) for place in range(4)))
    uses = Counter(use for touch in trace.touches for use in touch.uses)
    programs = sorted({touch.process for touch in trace.touches if touch.process})
    return TraceSummary(whole, tuple(owners), dict(sorted(uses.items())), tuple(programs))


def _read(scene: Scene, touch: Touch) -> Entry | None:
    """The file that the touch read, where its links lead; of hard links the one that has the bytes."""
    if not _READ.intersection(touch.uses):
        return None
    entry = scene.listing.by_path.get(scene.listing.resolve(touch.path) or touch.path)
    if entry is not None and entry.kind is Kind.HARDLINK:
        entry = scene.listing.by_path.get(entry.target, entry)
    return entry if entry is not None and entry.kind is not Kind.DIRECTORY else None
