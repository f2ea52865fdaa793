"""What was cut comes back: as changes to the result, each item as it was, every RECORD true of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Addition, Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import Listing
from deadweight.core.paths import parents
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.record import RECORD_ENDING
from deadweight.edits.returning_records import records_mended
from deadweight.formats.companion import Companion
from deadweight.formats.companion_manifest import Change, Item

_BODIES = (Kind.FILE, Kind.HARDLINK)


def restored(artifact: Artifact, source: Companion, items: Iterable[Item], staging: Path) -> Changes:
    """What has to change in the result so that the items are as they were, bodies staged in an existing folder."""
    place = _Place(Listing(artifact.inventory.visible, artifact.small), len(artifact.layers))
    every = {item.path: item for item in source.manifest.items}
    todo = {item.path: item for item in _with_parents(items, every) if _is_missing(item, source, place.listing)}
    links = _links(todo, source, place)
    bodied = [path for path, item in todo.items() if item.kind in _BODIES and path not in links]
    bodies = dict(_staged(source, bodied, staging))
    bodies |= records_mended(artifact, source, (todo, place.listing), staging)
    returning = _Return(source, place, links, bodies)
    return returning.changes([every[path] for path in sorted(todo.keys() | bodies.keys())])


@dataclass(frozen=True, slots=True)
class _Place:
    """The result: its visible entries, and the count of its layers, 0 for all but images."""

    listing: Listing
    layers: int


def _with_parents(items: Iterable[Item], every: Mapping[str, Item]) -> Iterator[Item]:
    """The items, and the removed directories above them."""
    for item in items:
        yield from (every[above] for above in parents(item.path) if above in every)
        yield item


def _is_missing(item: Item, source: Companion, listing: Listing) -> bool:
    """Whether there is something to put back; a RECORD that is there is mended, not put back."""
    if item.path not in listing:
        return True
    if item.change is Change.REMOVED or item.path.endswith(RECORD_ENDING):
        return False
    digest = source.digest(item.path)
    return item.change is Change.LINKED or not digest or listing.by_path[item.path].digest != digest


def _links(todo: Mapping[str, Item], source: Companion, place: _Place) -> Mapping[str, str]:
    """What shares its body with another name again, by path: a name that is there as it was, or that comes back.

    What comes back into an image stands in a layer of its own, and hard links do not cross layers.
    """
    links: dict[str, str] = {}
    listing = Listing((), {}) if place.layers else place.listing
    for path, item in todo.items():
        digest = source.digest(path)
        there = [_first(listing, name) for name in item.names if name in listing and name not in todo]
        same = [name for name in there if name in listing and listing.by_path[name].digest == digest != ""]
        back = [name for name in item.names if name in todo and name < path and name not in links]
        shared = [*same, *back]
        if shared and item.change is not Change.REPLACED:
            links[path] = shared[0]
    return links


def _first(listing: Listing, name: str) -> str:
    entry = listing.by_path[name]
    return entry.target if entry.kind is Kind.HARDLINK else name


def _staged(source: Companion, paths: Iterable[str], staging: Path) -> Iterator[tuple[str, Path]]:
    for path, stream in source.bodies(paths):
        body = staged(staging, "restore", path)
        with body.open("wb") as copy:
            shutil.copyfileobj(stream, copy, PIECE)
        yield path, body


@dataclass(frozen=True, slots=True)
class _Return:
    """How items come back: those in `links` as hard links, the others with their staged `bodies`."""

    source: Companion
    place: _Place
    links: Mapping[str, str]
    bodies: Mapping[str, Path]

    def changes(self, items: Sequence[Item]) -> Changes:
        """The items as changes to the result."""
        there = self.place.listing
        replaced = {one.path for one in items if one.change is Change.REPLACED and one.path in there}
        back = [one for one in items if one.path not in replaced]
        return Changes(
            removed=frozenset(one.path for one in back if one.path in there),
            replaced={path: self.bodies[path] for path in replaced},
            added={one.path: Addition(self._entry(one), self.bodies.get(one.path)) for one in back},
        )

    def _entry(self, item: Item) -> Entry:
        entry = self.source.entries[item.path]
        layer = min(item.layer, max(self.place.layers - 1, 0))
        entry = entry.but(path=item.path, kind=item.kind, layer=layer, offset=-1, digest="", head=b"")
        if item.path in self.links:
            return entry.but(kind=Kind.HARDLINK, target=self.links[item.path], size=0, stored=0)
        if item.path in self.bodies:
            size = self.bodies[item.path].stat().st_size
            return entry.but(kind=Kind.FILE, target="", size=size, stored=size)
        return entry.but(target=item.target) if item.kind is Kind.HARDLINK else entry
