"""What the hard links of a plan of writing really share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deadweight.core.changes import Write
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt


def with_own_bodies(planned: Iterable[Write], visible: Sequence[Entry]) -> Iterator[Write]:
    """Each write; a link of an image whose body only a hidden entry holds becomes a file with that body.

    A higher layer took or replaced the first name: the link keeps what it shared, as it does once unpacked.
    """
    by_path = {entry.path: entry for entry in visible}
    for one in planned:
        own = by_path.get(one.entry.path)
        if own is not None and one.entry.kind is Kind.HARDLINK and own == one.entry and _is_hidden(own, by_path):
            yield Write(own.but(kind=Kind.FILE, target=""), source=own)
        else:
            yield one


def anchored(planned: Sequence[Write], where: str) -> Iterator[Write]:
    """Each write, hard links to what holds the body, whatever other links stand between.

    Raises Corrupt for a link to nothing, to a directory or in a circle.
    """
    by_path = {one.entry.path: one.entry for one in planned}
    for one in planned:
        if one.entry.kind is Kind.HARDLINK:
            yield replace(one, entry=one.entry.but(target=_anchor(one.entry, by_path, where)))
        else:
            yield one


def _is_hidden(link: Entry, by_path: Mapping[str, Entry]) -> bool:
    first = by_path.get(link.target)
    return first is None or first.layer > link.layer


def _anchor(link: Entry, by_path: Mapping[str, Entry], where: str) -> str:
    seen = {link.path}
    target = link.target
    while target not in seen and target in by_path:
        if by_path[target].kind is Kind.DIRECTORY:
            break
        if by_path[target].kind is not Kind.HARDLINK:
            return target
        seen.add(target)
        target = by_path[target].target
    raise Corrupt(f"the hard link {link.path!r} shares {target!r}, which holds nothing", where=where)
