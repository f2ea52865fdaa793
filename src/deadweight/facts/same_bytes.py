"""Which visible files hold the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Fact, Scene


def _same_bytes(scene: Scene) -> Sequence[Sequence[Entry]]:
    file = Kind.FILE
    bodies = [entry for entry in scene.listing.entries if entry.size and entry.digest and entry.kind is file]
    sizes = Counter([entry.size for entry in bodies])
    first: dict[str, Entry] = {}
    groups: dict[str, list[Entry]] = {}
    for entry in bodies:
        if sizes[entry.size] > 1:
            other = first.setdefault(entry.digest, entry)
            if other is not entry:
                groups.setdefault(entry.digest, [other]).append(entry)
    return sorted(groups.values(), key=lambda group: (-group[0].size * (len(group) - 1), group[0].path))


SAME_BYTES = Fact("same bytes", _same_bytes)
"""Groups of two and more files with one digest, each group by path, those first whose copies weigh most.

Hard links are names of one file and not among the copies; empty files and files without a digest are left out.
"""
