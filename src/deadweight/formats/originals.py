"""What changes take from an artifact or alter in it, as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Write, is_removed
from deadweight.core.entry import Entry, Kind
from deadweight.core.paths import parents
from deadweight.core.version import VERSION
from deadweight.formats.companion import FILES
from deadweight.formats.companion_manifest import Change, Item, Manifest, manifest_to_json

Reasons = Mapping[str, tuple[str, str]]
"""Rule and owner by the path that an edit names; what lies in a named directory goes by it."""


class Originals:
    """The entries of an artifact that changes take away or alter."""

    def __init__(self, artifact: Artifact, changes: Changes, reasons: Reasons) -> None:
        self._artifact = artifact
        self._changes = changes
        self._reasons = reasons
        self._by_path = {entry.path: entry for entry in artifact.inventory.visible}
        self._names: dict[str, list[str]] = {}
        for entry in artifact.inventory.visible:
            if entry.kind is Kind.HARDLINK:
                first = self._first(entry)
                self._names.setdefault(first.path, [first.path]).append(entry.path)

    def items(self) -> Iterator[Item]:
        """What was changed, sorted by path."""
        for path in sorted(self._by_path):
            entry, change = self._by_path[path], self._change(path)
            if change is not None and path:
                rule, owner = self._reason(path)
                names = tuple(name for name in self._names.get(self._first(entry).path, ()) if name != path)
                target = entry.target if entry.kind is Kind.HARDLINK else ""
                yield Item(path, change, rule, owner, entry.kind, target, entry.layer, names)

    def manifest(self, items: tuple[Item, ...]) -> bytes:
        """What says of the items which artifact they are of."""
        return manifest_to_json(Manifest(self._artifact.digest, self._artifact.format, VERSION, items))

    def members(self, items: Iterable[Item]) -> Iterator[Write]:
        """What to write for the items; of equal bodies the first is written, the others link to it."""
        held: dict[str, str] = {}
        for item in items:
            entry = self._by_path[item.path].but(path=FILES + item.path, layer=0, offset=-1)
            if item.kind not in (Kind.FILE, Kind.HARDLINK):
                yield Write(entry)
                continue
            source = self._first(self._by_path[item.path])
            holder = held.setdefault(self._body(item), held.get(source.path, entry.path))
            if holder == entry.path:
                held[source.path] = holder
                body = entry.but(kind=Kind.FILE, size=source.size, stored=source.stored, target="")
                yield Write(body, source=source)
            else:
                yield Write(entry.but(kind=Kind.HARDLINK, size=0, stored=0, target=holder))

    def _change(self, path: str) -> Change | None:
        if is_removed(path, self._changes.removed):
            return Change.REMOVED
        if path in self._changes.replaced:
            return Change.REPLACED
        return Change.LINKED if path in self._changes.linked else None

    def _reason(self, path: str) -> tuple[str, str]:
        named = next((one for one in (path, *parents(path)) if one in self._reasons), None)
        return ("", "") if named is None else self._reasons[named]

    def _first(self, entry: Entry) -> Entry:
        """The entry that holds the body."""
        seen = {entry.path}
        while entry.kind is Kind.HARDLINK and entry.target in self._by_path and entry.target not in seen:
            entry = self._by_path[entry.target]
            seen.add(entry.path)
        return entry

    def _body(self, item: Item) -> str:
        """The path that stands for the item's body: that of the first name, or of what it was linked to."""
        path = item.path
        if item.change is Change.LINKED:
            path = self._changes.linked[path].target
        return self._first(self._by_path.get(path, self._by_path[item.path])).path
