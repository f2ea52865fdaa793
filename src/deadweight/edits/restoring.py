"""Puts back into a result what was cut from it, out of its companion archive; every RECORD stays true."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Addition, Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.globs import matcher
from deadweight.core.listing import Listing
from deadweight.core.paths import is_under, parents
from deadweight.core.seams import Opening, Packing
from deadweight.edits.bodies import PIECE, small_bodies, staged
from deadweight.edits.record import RECORD_ENDING, located, rewritten
from deadweight.formats.companion import Companion, read_companion
from deadweight.formats.companion_manifest import Change, Item, Manifest
from deadweight.formats.exchange import exchange
from deadweight.formats.output import scratch_directory
from deadweight.formats.recognition import recognise
from deadweight.owners.dist_info import RecordRow, normalised, record_rows

_BODIES = (Kind.FILE, Kind.HARDLINK)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the paths, sorted, and the bytes of their bodies."""

    paths: tuple[str, ...]
    size: int


def restore_into(out: Path, companion: Path, wanted: Sequence[str], packing: Packing | None = None) -> Restored:
    """Put what is wanted back into the result at `out`: paths, globs, `distribution:NAME`, `rule:NAME`, `**` for all.

    The result is made anew beside `out` and takes its place in one step. The companion stays as it is.
    Raises UsageError where something wanted is not in the companion.
    """
    form = recognise(out)
    if form.pack is None:
        raise UsageError(f"a {form.name} can't be written", where=str(out))
    source = read_companion(companion)
    artifact = form.open(out, Opening(keep=(f"**/*{RECORD_ENDING}",)))
    with scratch_directory(out.with_name(out.name + ".restored").absolute()) as room:
        staging = room / "staging"
        staging.mkdir()
        items = chosen(source.manifest, wanted)
        changes = restored(artifact, source, items, staging)
        if changes:
            form.pack(artifact, changes, room / out.name, packing or Packing())
            exchange(room / out.name, out)
        return _told(changes)


def chosen(manifest: Manifest, wanted: Sequence[str]) -> tuple[Item, ...]:
    """The items that are wanted, in the manifest's order; a directory means all that lies in it."""
    found: set[str] = set()
    for word in wanted:
        fits = _choice(word)
        more = {item.path for item in manifest.items if fits(item)}
        if not more:
            rules = ", ".join(sorted({f"rule:{item.rule}" for item in manifest.items if item.rule}))
            advice = f"Give paths, globs, distribution:NAME or one of {rules}." if rules else "It holds nothing."
            raise UsageError(f"nothing that was cut is called {word!r}", advice=advice)
        found |= more
    return tuple(item for item in manifest.items if item.path in found)


def restored(artifact: Artifact, source: Companion, items: Iterable[Item], staging: Path) -> Changes:
    """What has to change in the result so that the items are as they were, bodies staged in an existing folder."""
    place = _Place(Listing(artifact.inventory.visible, artifact.small), len(artifact.layers))
    every = {item.path: item for item in source.manifest.items}
    todo = {item.path: item for item in _with_parents(items, every) if _is_missing(item, source, place.listing)}
    links = _links(todo, source, place)
    bodied = [path for path, item in todo.items() if item.kind in _BODIES and path not in links]
    bodies = dict(_staged(source, bodied, staging))
    bodies |= _records(artifact, source, (todo, place), staging)
    returning = _Return(source, place, links, bodies)
    return returning.changes([every[path] for path in sorted(todo.keys() | bodies.keys())])


@dataclass(frozen=True, slots=True)
class _Place:
    """The result: its visible entries, and the count of its layers, 0 for all but images."""

    listing: Listing
    layers: int


def _choice(word: str) -> Callable[[Item], bool]:
    sort, _, name = word.partition(":")
    if sort == "rule" and name:
        return lambda item: item.rule == name
    if sort == "distribution" and name:
        return lambda item: normalised(item.owner.rpartition(" ")[0] or item.owner) == normalised(name)
    path = word.strip("/")
    matches = matcher((path,))
    return lambda item: is_under(item.path, path) or matches(item.path) if path else False


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


def _records(
    artifact: Artifact, source: Companion, situation: tuple[Mapping[str, Item], _Place], staging: Path
) -> Mapping[str, Path]:
    """Every RECORD that must say something else once the items are back, staged."""
    todo, place = situation
    records = [item for item in source.manifest.items if item.path.endswith(RECORD_ENDING)]
    wanted = [one.path for one in records if one.path in todo or one.path in place.listing]
    present = [place.listing.by_path[path] for path in wanted if path in place.listing]
    now = small_bodies(artifact, present)
    away = {item.path: item for item in source.manifest.items if item.path not in todo and item.path not in wanted}
    changed = {}
    for path, stream in source.bodies(wanted):
        body = _mended(stream.read(), now.get(path, b""), _truth(path, away, place.listing))
        if body != now.get(path):
            changed[path] = staged(staging, "record", path)
            changed[path].write_bytes(body)
    return changed


def _truth(record: str, away: Mapping[str, Item], listing: Listing) -> Callable[[RecordRow], Change | None]:
    """What is still the matter with the file that a row names, None where it is as it was."""

    def matter(row: RecordRow) -> Change | None:
        path = located(listing, record, row.path)
        item = away.get(path) if path is not None else None
        if item is None or (item.change is Change.REMOVED and item.path in listing):
            return None
        return item.change

    return matter


def _mended(original: bytes, now: bytes, matter: Callable[[RecordRow], Change | None]) -> bytes:
    """The original RECORD without what is still gone, with what is said now of what is still changed.

    One that was never readable comes back as it was.
    """
    try:
        rows, current = record_rows(original), {row.path: row for row in record_rows(now)}
    except Corrupt:
        return original
    true = []
    for row in rows:
        change = matter(row)
        if change is not Change.REMOVED:
            true.append(current.get(row.path, row) if change is not None else row)
    known = {row.path for row in rows}
    true.extend(row for row in current.values() if row.path not in known)
    return original if tuple(true) == rows else rewritten(true, lambda row: row)


def _told(changes: Changes) -> Restored:
    back = {path: body for path, body in changes.replaced.items() if not path.endswith(RECORD_ENDING)}
    bodies = [*back.values(), *(added.body for added in changes.added.values() if added.body is not None)]
    return Restored(tuple(sorted(back.keys() | changes.added.keys())), sum(body.stat().st_size for body in bodies))
