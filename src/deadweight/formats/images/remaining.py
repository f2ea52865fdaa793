"""What is seen of an image once changes are made, whatever layers it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deadweight.core.changes import Addition, Changes, Write, additions, is_removed, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.inventory import Inventory
from deadweight.formats.tars.contents import shared_bodies


def remaining(layers: Sequence[Sequence[Entry]], inventory: Inventory, changes: Changes) -> Iterator[Write]:
    """Each path that is seen of the result, with the layer that it is seen in; additions one layer higher.

    A hard link names the file that has its body, or takes the body over where that file is hidden, removed or
    changed: the next link to the same body then names this one. Raises Corrupt for a link to nothing.
    """
    bodies = _Bodies(shared_bodies(layers)[0], {entry.path: entry for entry in inventory.visible}, changes)
    changed = Changes(replaced=changes.replaced, linked=changes.linked)
    for entry in inventory.visible:
        if is_removed(entry.path, changes.removed) or entry.path in changes.added:
            continue
        if entry.kind is Kind.HARDLINK and not bodies.is_changed(entry.path):
            yield bodies.link(entry)
        else:
            yield next(writes((entry,), changed))
    top = len(layers)
    added = changes.added.values()
    yield from additions(Addition(one.entry.but(layer=top), one.body) for one in added)


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The bodies of hard links, by layer and path of the link, and the links that took one over."""

    shared: Mapping[tuple[int, str], Entry]
    seen: Mapping[str, Entry]
    changes: Changes
    heirs: dict[tuple[int, str, int], str] = field(default_factory=dict)

    def is_changed(self, path: str) -> bool:
        """Whether the path gets another body, or becomes a link."""
        return path in self.changes.replaced or path in self.changes.linked

    def link(self, entry: Entry) -> Write:
        """The link as it has to be written, or the file that it becomes."""
        body = self.shared.get((entry.layer, entry.path))
        if body is None:
            raise Corrupt(f"the hard link {entry.path!r} shares {entry.target!r}, which holds nothing")
        if self._stays(body):
            return Write(entry.but(target=body.path))
        key = (body.layer, body.path, body.offset)
        if key in self.heirs:
            return Write(entry.but(target=self.heirs[key]))
        self.heirs[key] = entry.path
        heir = body.but(path=entry.path, layer=entry.layer, mode=entry.mode, uid=entry.uid, gid=entry.gid)
        return Write(heir.but(mtime=entry.mtime), source=body if body.kind is Kind.FILE else None)

    def _stays(self, body: Entry) -> bool:
        gone = is_removed(body.path, self.changes.removed) or body.path in self.changes.added
        return self.seen.get(body.path) == body and not gone and not self.is_changed(body.path)
