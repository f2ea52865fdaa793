"""Which entries of which layers stay when an image changes, and which whiteouts keep the rest from coming back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deadweight.core.changes import Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Inventory
from deadweight.core.paths import parents

MARKS = (Kind.WHITEOUT, Kind.OPAQUE)

Spot = tuple[int, int]
"""A layer, and the place of an entry in it."""


class Stack:
    """The layers of an image with all that they store, and what is seen of it. `last` finds a path in a layer."""

    def __init__(self, layers: Sequence[Sequence[Entry]], inventory: Inventory) -> None:
        self.layers = layers
        self.seen = {entry.path: entry for entry in inventory.visible}
        self.hider: dict[tuple[int, str], int] = {}
        for shadow in inventory.shadowed:
            key = (shadow.entry.layer, shadow.entry.path)
            self.hider[key] = max(shadow.by, self.hider.get(key, -1))
        self.whiteouts: dict[str, list[Spot]] = {}
        for spot in self.spots():
            if self.at(spot).kind is Kind.WHITEOUT:
                self.whiteouts.setdefault(self.at(spot).path, []).append(spot)
        self.last = [
            {entry.path: place for place, entry in enumerate(entries) if entry.kind not in MARKS} for entries in layers
        ]

    def is_seen(self, spot: Spot) -> bool:
        """Whether the entry is what is seen at its path."""
        entry = self.at(spot)
        seen = self.seen.get(entry.path)
        return seen is not None and seen.layer == spot[0] and self.is_last(spot)

    def is_last(self, spot: Spot) -> bool:
        """Whether no later entry of its layer has its path."""
        return self.last[spot[0]].get(self.at(spot).path) == spot[1]

    def at(self, spot: Spot) -> Entry:
        """The entry there."""
        return self.layers[spot[0]][spot[1]]

    def spots(self) -> Iterator[Spot]:
        """Every entry, lowest layer first, in the order stored."""
        for layer, entries in enumerate(self.layers):
            for place in range(len(entries)):
                yield layer, place

    def named(self, spot: Spot) -> Spot | None:
        """What a hard link names: before it in its layer, else the nearest below; None for nothing there."""
        target = self.at(spot).target
        for layer in range(spot[0], -1, -1):
            found = self.last[layer].get(target)
            if layer == spot[0] and found is not None and found >= spot[1]:
                found = self._earlier(spot, target)
            if found is not None:
                return layer, found
        return None

    def shared(self, spot: Spot) -> Spot | None:
        """The entry whose body a hard link shares, through other links where it names one; None for none."""
        first = self.named(spot)
        while first is not None and self.at(first).kind is Kind.HARDLINK:
            first = self.named(first)
        return first

    def _earlier(self, spot: Spot, path: str) -> int | None:
        layer = self.layers[spot[0]]
        places = (place for place in range(spot[1] - 1, -1, -1) if layer[place].path == path)
        return next((place for place in places if layer[place].kind not in MARKS), None)


@dataclass(slots=True)
class Selection:
    """What goes, settled step by step.

    `asked` is what the changes themselves leave out; `touched` layers are written anew; `whiteouts` are new ones, by
    layer.
    """

    stack: Stack
    changes: Changes
    asked: set[Spot] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    whiteouts: dict[int, set[str]] = field(default_factory=dict)
    _removed: dict[str, bool] = field(default_factory=dict)

    def is_removed(self, path: str) -> bool:
        """Whether the path, or a directory above it, is removed."""
        known = self._removed.get(path)
        if known is None:
            above = path.rpartition("/")[0]
            known = path in self.changes.removed or (bool(above) and self.is_removed(above))
            self._removed[path] = known
        return known

    def goes(self, spot: Spot) -> bool:
        """Whether the entry is left out.

        In a layer that is written anew whatever lies under a removed path goes, seen or not, and so do all but the
        last entry of one path, which the specification forbids.
        """
        if spot in self.asked:
            return True
        if spot[0] not in self.touched:
            return False
        entry = self.stack.at(spot)
        return entry.kind not in MARKS and (self.is_removed(entry.path) or not self.stack.is_last(spot))

    def is_changed(self, spot: Spot) -> bool:
        """Whether the entry gets new content, or becomes a link."""
        path = self.stack.at(spot).path
        return (path in self.changes.replaced or path in self.changes.linked) and self.stack.is_seen(spot)

    def loses_body(self, spot: Spot) -> bool:
        """Whether hard links to the entry must find their body elsewhere."""
        return self.goes(spot) or self.is_changed(spot)

    def asks(self, spot: Spot) -> bool:
        """Whether the changes themselves leave the entry out."""
        entry = self.stack.at(spot)
        if entry.kind is Kind.WHITEOUT:
            # Reading a whiteout makes the folder that it lies in: with the folder it has to go.
            return self.is_removed(entry.directory)
        removed = self.is_removed(entry.path)
        if entry.kind is Kind.OPAQUE or (removed and self.stack.is_seen(spot)):
            return removed
        return (spot[0], entry.path) in self.changes.dropped and not self.stack.is_seen(spot)


def select(stack: Stack, changes: Changes) -> Selection:
    """What the changes come to, settled."""
    selection = Selection(stack, changes)
    selection.asked.update(spot for spot in stack.spots() if selection.asks(spot))
    selection.touched.update(layer for layer, _ in selection.asked)
    changed = (*changes.replaced, *changes.linked)
    selection.touched.update(stack.seen[path].layer for path in changed if path in stack.seen)
    settle(selection)
    return selection


def settle(selection: Selection) -> None:
    """Touch the layers that have to be, until no choice leads to another."""
    while True:
        before = len(selection.touched)
        selection.touched.update(_orphaned(selection))
        for layer, path in _leftovers(selection):
            hide(selection, layer, path)
        if len(selection.touched) == before:
            return


def hide(selection: Selection, layer: int, path: str) -> None:
    """Write a whiteout of the path into the layer, which is touched by it."""
    selection.whiteouts.setdefault(layer, set()).add(path)
    selection.touched.add(layer)


def _orphaned(selection: Selection) -> Iterator[int]:
    """Layers with a hard link that stays to a name of a lower layer that does not."""
    stack = selection.stack
    for spot in stack.spots():
        if stack.at(spot).kind is Kind.HARDLINK and not selection.goes(spot):
            named = stack.named(spot)
            if named is not None and named[0] != spot[0] and selection.loses_body(named):
                yield spot[0]


def _leftovers(selection: Selection) -> Iterator[tuple[int, str]]:
    """Removed paths under which lower layers still hold something, each with the layer that has to hide it.

    That is the highest of those that hide it now: nothing under the path is left there or above.
    """
    stack = selection.stack
    hiders: dict[str, int] = {}
    for spot in stack.spots():
        entry = stack.at(spot)
        if entry.kind not in MARKS and selection.is_removed(entry.path) and not selection.goes(spot):
            root = _topmost(entry.path, selection.changes.removed)
            by = stack.hider[spot[0], entry.path]
            hiders[root] = max(by, hiders.get(root, -1))
    for root, layer in sorted(hiders.items()):
        if not _is_hidden_anyway(selection, root, layer):
            yield layer, root


def _topmost(path: str, removed: frozenset[str]) -> str:
    return min((above for above in (path, *parents(path)) if above in removed), key=len)


def _is_hidden_anyway(selection: Selection, path: str, layer: int) -> bool:
    """Whether a whiteout of the path itself, from this layer up, stays."""
    marks = selection.stack.whiteouts.get(path, ())
    return any(spot[0] >= layer and not selection.goes(spot) for spot in marks)
