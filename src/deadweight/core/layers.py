"""Layers laid over each other: what is seen, what is hidden, and why (OCI image-spec, layer.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.paths import parents


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of an image, lowest first.

    `digest` is of the blob as stored, `diff_id` of its unpacked tar; `size` counts the blob's bytes as stored and
    `unpacked` those of its tar. `created_by` is the instruction of the history that made it, empty if not recorded.
    """

    index: int
    digest: str
    diff_id: str
    media_type: str
    size: int
    unpacked: int
    created_by: str = ""


_MARKS = (Kind.WHITEOUT, Kind.OPAQUE)


@dataclass(slots=True)
class _Stack:
    seen: dict[str, Entry] = field(default_factory=dict)
    children: dict[str, set[str]] = field(default_factory=dict)
    shadowed: list[Shadow] = field(default_factory=list)

    def place(self, entry: Entry) -> bool:
        """Lay the entry where others lie and nothing is at its path or under it, as most are; tells whether it did."""
        path = entry.path
        beside = self.children.get(path.rpartition("/")[0])
        if not beside or path in self.seen or path in self.children:
            return False
        self.seen[path] = entry
        beside.add(path)
        return True

    def add(self, entry: Entry) -> None:
        """Lay the entry, and make its directories known, with entries of their own or without."""
        self.seen[entry.path] = entry
        path = entry.path
        while path:
            directory = path.rpartition("/")[0]
            beside = self.children.get(directory)
            if beside:
                beside.add(path)
                return
            self.children[directory] = {path}
            path = directory

    def hide(self, path: str, cause: Cause, by: int) -> None:
        """Hide the path and all that lies under it."""
        self.children.get(path.rpartition("/")[0], set()).discard(path)
        waiting = [path]
        while waiting:
            at = waiting.pop()
            waiting.extend(self.children.pop(at, ()))
            entry = self.seen.pop(at, None)
            if entry is not None:
                self.shadowed.append(Shadow(entry, cause, by))

    def hide_lower(self, path: str, cause: Cause, by: int) -> None:
        """Hide what lower layers put under the path, the directory itself left."""
        for child in tuple(self.children.get(path, ())):
            self.hide(child, cause, by)


def stack(layers: Iterable[Sequence[Entry]]) -> tuple[tuple[Entry, ...], tuple[Shadow, ...]]:
    """Lay the layers over each other, lowest first: what is seen, sorted by path, and what is hidden.

    Whiteouts and opaque marks act on lower layers only, whatever their place in the layer. A directory over a
    directory replaces its attributes; anything else replaces what was there, with all that lay under it. A path
    stored twice in one layer shadows its first copy.
    """
    pile = _Stack()
    for index, entries in enumerate(layers):
        marks = [entry for entry in entries if entry.kind in _MARKS]
        for entry in marks:
            _erase(pile, entry, index)
        for entry in entries if not marks else (entry for entry in entries if entry.kind not in _MARKS):
            if not pile.place(entry):
                _lay(pile, entry, index)
    visible = tuple(sorted(pile.seen.values(), key=lambda entry: entry.path))
    return visible, tuple(pile.shadowed)


def _erase(pile: _Stack, entry: Entry, index: int) -> None:
    if entry.kind is Kind.OPAQUE:
        pile.hide_lower(entry.path, Cause.OPAQUE, index)
    elif entry.kind is Kind.WHITEOUT:
        below = pile.seen.get(entry.path)
        is_file = below is not None and below.kind is not Kind.DIRECTORY
        pile.hide(entry.path, Cause.REMOVED_FILE if is_file else Cause.REMOVED_DIRECTORY, index)


def _lay(pile: _Stack, entry: Entry, index: int) -> None:
    below = pile.seen.get(entry.path)
    if below is not None and not (below.kind is entry.kind is Kind.DIRECTORY):
        pile.hide(entry.path, _cause(below, entry), index)
    elif below is not None:
        pile.shadowed.append(Shadow(below, Cause.OVERWRITTEN, index))
    elif entry.path:
        _clear_way(pile, entry, index)
        if entry.kind is not Kind.DIRECTORY:
            pile.hide_lower(entry.path, Cause.OVERWRITTEN, index)
    pile.add(entry)


def _clear_way(pile: _Stack, entry: Entry, index: int) -> None:
    """A path under what is a file below replaces that file."""
    if pile.children.get(entry.directory):
        return
    for above in parents(entry.path):
        below = pile.seen.get(above)
        if below is None:
            continue
        if below.kind in (Kind.FILE, Kind.HARDLINK):
            pile.hide(above, Cause.OVERWRITTEN, index)
        return


def _cause(below: Entry, above: Entry) -> Cause:
    same_body = below.size == above.size and below.digest == above.digest and below.kind is above.kind
    same_body = same_body and below.target == above.target
    attributes = (below.mode, below.uid, below.gid) != (above.mode, above.uid, above.gid)
    return Cause.COPIED if same_body and attributes else Cause.OVERWRITTEN
