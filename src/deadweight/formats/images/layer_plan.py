"""What each layer of an image holds once changes are made: kept byte for byte, or written anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.changes import Addition, Changes, Linking, Write, additions, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.core.paths import parents
from deadweight.formats.images.layer_selection import MARKS, Selection, Spot, Stack, hide, select, settle
from deadweight.formats.tars.fields import member_name
from deadweight.formats.tars.writer import ordered

Members = tuple[Write, ...] | None
"""What a layer is written with, in order; None where its blob stays as it is."""

_ROUNDS = 8


def plan_layers(layers: Sequence[Sequence[Entry]], inventory: Inventory, changes: Changes) -> tuple[Members, ...]:
    """The members of each layer, one layer more where something is added; an empty tuple for a layer that goes.

    What is seen of the result is what is seen of the image, less what is removed: a lower layer's copy that would
    come back is hidden by a whiteout in the layer that hid it. Raises UsageError for a hard link across layers.
    """
    _check_links(inventory, changes)
    selection = select(Stack(layers, inventory), changes)
    for _ in range(_ROUNDS):
        planned = tuple(_members(selection, layer) for layer in range(len(layers)))
        back = _came_back(selection, planned)
        if not back:
            top = _added(selection, len(layers))
            return (*planned, top) if top else planned
        for entry in back:
            hide(selection, selection.stack.hider[entry.layer, entry.path], entry.path)
        settle(selection)
    raise ValueError(f"what is removed comes back: {[entry.path for entry in back][:3]}")


def _check_links(inventory: Inventory, changes: Changes) -> None:
    hard = {path: link.target for path, link in changes.linked.items() if link.linking is Linking.HARD}
    seen = {entry.path: entry.layer for entry in inventory.visible} if hard else {}
    for path, target in hard.items():
        if seen.get(path) != seen.get(target):
            raise UsageError(
                f"{path!r} and {target!r} lie in different layers, which hard links do not cross",
                advice="Share them by a symbolic link, or make the plan again.",
            )


def _members(selection: Selection, layer: int) -> Members:
    if layer not in selection.touched:
        return None
    staying = list(_staying(selection, layer))
    own = {member.entry.path for _, member in staying if member.entry.kind not in MARKS}
    whiteouts = [Entry(path, Kind.WHITEOUT, layer=layer) for path in sorted(selection.whiteouts.get(layer, ()))]
    folders = [entry for entry in _folders(selection, whiteouts, layer) if entry.path not in own]
    members = [Write(entry) for entry in (*folders, *whiteouts)]
    return tuple(ordered([*members, *(member for _, member in sorted(staying, key=lambda one: one[0]))]))


def _staying(selection: Selection, layer: int) -> Iterator[tuple[int, Write]]:
    """What is written of the layer, each with the place in it that its body comes from."""
    heirs: dict[Spot, str] = {}
    below = _Below(selection, layer)
    for place, entry in enumerate(selection.stack.layers[layer]):
        spot = (layer, place)
        if selection.goes(spot) or (entry.kind in MARKS and not below.has(entry)):
            continue
        if selection.is_changed(spot):
            yield place, _changed(entry, selection.changes)
        elif entry.kind is Kind.HARDLINK:
            yield _link(selection, spot, heirs)
        else:
            yield place, Write(entry, source=entry if entry.kind is Kind.FILE else None)


def _changed(entry: Entry, changes: Changes) -> Write:
    return next(writes((entry,), Changes(replaced=changes.replaced, linked=changes.linked)))


def _link(selection: Selection, spot: Spot, heirs: dict[Spot, str]) -> tuple[int, Write]:
    """A hard link as it was, or the heir of a body that lost its first name, or a link to that heir."""
    entry = selection.stack.at(spot)
    named, first = selection.stack.named(spot), selection.stack.shared(spot)
    if named is None or first is None or not selection.loses_body(named):
        return spot[1], Write(entry)
    source = selection.stack.at(first)
    # A name of a lower layer may mean something else by now: from there the body is copied.
    if first[0] == spot[0] and not selection.loses_body(first):
        return spot[1], Write(entry.but(target=source.path))
    if first in heirs:
        return spot[1], Write(entry.but(target=heirs[first]))
    heirs[first] = entry.path
    body = source.but(path=entry.path, layer=spot[0], mode=entry.mode, uid=entry.uid, gid=entry.gid)
    return (first[1] if first[0] == spot[0] else spot[1]), Write(body.but(mtime=entry.mtime), source=source)


class _Below:
    """What the layers below one still store, once asked."""

    def __init__(self, selection: Selection, layer: int) -> None:
        self._selection = selection
        self._layer = layer
        self._paths: dict[str, Kind] | None = None
        self._folders: set[str] = set()

    def has(self, mark: Entry) -> bool:
        """Whether the mark hides anything, be it by the folder that it has to lie in."""
        if self._paths is None:
            self._paths = dict(self._stored())
            self._folders = {above for path in self._paths for above in (*parents(path), "")}
        above = (self._paths.get(folder, Kind.DIRECTORY) for folder in parents(member_name(mark)))
        if mark.path in self._folders or any(kind is not Kind.DIRECTORY for kind in above):
            return True
        return mark.kind is Kind.WHITEOUT and mark.path in self._paths

    def _stored(self) -> Iterator[tuple[str, Kind]]:
        for layer in range(self._layer):
            for place, entry in enumerate(self._selection.stack.layers[layer]):
                if entry.kind not in MARKS and not self._selection.goes((layer, place)):
                    yield entry.path, entry.kind


def _folders(selection: Selection, entries: Sequence[Entry], layer: int) -> list[Entry]:
    """The folders above the entries, as they are seen: a layer without them would make them with other attributes."""
    above = {folder for entry in entries for folder in parents(entry.path)}
    seen = (selection.stack.seen.get(path) for path in sorted(above) if not selection.is_removed(path))
    return [one.but(layer=layer) for one in seen if one is not None and one.kind is Kind.DIRECTORY]


def _added(selection: Selection, layer: int) -> tuple[Write, ...]:
    added = [Addition(addition.entry.but(layer=layer), addition.body) for addition in selection.changes.added.values()]
    folders = _folders(selection, [addition.entry for addition in added], layer)
    own = {addition.entry.path for addition in added}
    members = [Write(entry) for entry in folders if entry.path not in own]
    return tuple(ordered([*members, *additions(added)]))


def _came_back(selection: Selection, planned: Sequence[Members]) -> list[Entry]:
    """What would be seen and must not; raises ValueError where something else would be seen than what has to be."""
    layers = [
        [member.entry for member in members] if members is not None else selection.stack.layers[layer]
        for layer, members in enumerate(planned)
    ]
    visible, _ = stack(layers)
    wanted = {(path, one.layer) for path, one in selection.stack.seen.items() if not selection.is_removed(path)}
    found = {(entry.path, entry.layer) for entry in visible}
    # Folders above whiteouts are written again in a higher layer, with the attributes that they have.
    paths = {path for path, _ in found}
    lost = [path for path, _ in wanted if path not in paths]
    if lost:
        raise ValueError(f"what has to stay is gone: {sorted(lost)[:3]}")
    kept = {path for path, _ in wanted}
    return [entry for entry in visible if entry.path not in kept]
