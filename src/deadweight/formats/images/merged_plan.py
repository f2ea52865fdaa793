"""What the one layer holds that stands for an image's upper layers, or for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deadweight.core.changes import Changes, Linking, Write
from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.core.paths import parents
from deadweight.formats.images.layer_plan import Members
from deadweight.formats.images.layer_selection import MARKS
from deadweight.formats.images.remaining import remaining
from deadweight.formats.tars.fields import member_name
from deadweight.formats.tars.writer import arranged
from deadweight.formats.trees.link_scope import scoped_paths

_FIRST = -1
"""The layer of whiteouts: they come before all that is copied."""


def plan_merged(
    layers: Sequence[Sequence[Entry]], inventory: Inventory, changes: Changes, below: int
) -> tuple[Members, ...]:
    """The members of each layer where the lowest `below` keep their blobs and one more on top stands for the rest.

    The top layer holds what is seen of the rest, and whiteouts of what the lowest show and must not: none where
    `below` is 0. An entry below a symbolic link is written where it really lies. Raises Corrupt for a hard link that
    shares nothing, Hostile for a path below a link that leads out.
    """
    changes = _without_links_across(changes, inventory, below)
    seen = sorted(remaining(layers, inventory, changes), key=lambda one: one.entry.layer)
    marks = [Write(Entry(path, Kind.WHITEOUT, layer=_FIRST)) for path in _whiteouts(layers[:below], seen, changes)]
    placed = list(scoped_paths([*marks, *seen], "the image", follow=True))
    here, marks = placed[len(marks) :], placed[: len(marks)]
    own = [new for old, new in zip(seen, here, strict=True) if _is_own(old, changes, below)]
    members = {one.entry.path: one for one in (*_folders([*marks, *own], here), *own)}
    top = tuple(arranged([*marks, *members.values()]))
    return (*(None,) * below, *((),) * (len(layers) - below), *((top,) if top else ()))


def _without_links_across(changes: Changes, inventory: Inventory, below: int) -> Changes:
    """The changes without hard links to or from what stays in a layer below: nothing would be shared by them."""
    lower = {entry.path for entry in inventory.visible if entry.layer < below} if changes.linked else frozenset()
    across = {
        path
        for path, link in changes.linked.items()
        if link.linking is Linking.HARD and (path in lower or link.target in lower)
    }
    return replace(changes, linked={path: link for path, link in changes.linked.items() if path not in across})


def _is_own(one: Write, changes: Changes, below: int) -> bool:
    """Whether the top layer holds the entry: the layers below do not, or not so."""
    return one.entry.layer >= below or one.entry.path in changes.replaced or one.entry.path in changes.linked


def _whiteouts(base: Sequence[Sequence[Entry]], seen: Iterable[Write], changes: Changes) -> list[str]:
    """The topmost of the paths that the base shows and the result does not, but for those that go by themselves."""
    if not base:
        return []
    wanted = {one.entry.path: one for one in seen}
    known = {above for path in wanted for above in (path, *parents(path))}
    shown = {entry.path for entry in stack(base)[0]} - wanted.keys()
    topmost = {_topmost(path, known) for path in (*shown, *(_implied(base) - known))}
    return sorted(path for path in topmost if not _is_replaced(path, wanted, (len(base), changes)))


def _implied(base: Sequence[Sequence[Entry]]) -> set[str]:
    """The folders that marks lie in, which reading the marks makes."""
    marks = (entry for entries in base for entry in entries if entry.kind in MARKS)
    return {folder for mark in marks for folder in parents(member_name(mark))}


def _topmost(path: str, known: set[str]) -> str:
    """The highest directory above the path that is not in the result either, or the path."""
    for above in parents(path):
        if above in known:
            return path
        path = above
    return path


def _is_replaced(path: str, wanted: Mapping[str, Write], how: tuple[int, Changes]) -> bool:
    """Whether something else than a directory takes the place of a directory above the path."""
    below, changes = how
    above = next((wanted[one] for one in parents(path) if one in wanted), None)
    return above is not None and above.entry.kind is not Kind.DIRECTORY and _is_own(above, changes, below)


def _folders(members: Sequence[Write], seen: Iterable[Write]) -> Iterator[Write]:
    """The folders above the members, as they are seen: without them they would be made with other attributes."""
    above = {folder for member in members for folder in parents(member.entry.path)}
    return (one for one in seen if one.entry.path in above and one.entry.kind is Kind.DIRECTORY)
