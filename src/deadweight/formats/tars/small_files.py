"""The bodies of the metadata files that are seen in a tar, or in tars laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.entry import Entry, Kind
from deadweight.core.globs import matcher
from deadweight.core.seams import Opening
from deadweight.formats.tars.contents import TarContents
from deadweight.formats.tars.index import TarIndex
from deadweight.formats.tars.members import MAX_SMALL


def small_files(
    visible: Sequence[Entry], indexes: Mapping[int, TarIndex], contents: TarContents, opening: Opening
) -> dict[str, bytes]:
    """Bodies by path, out of the index of each entry's layer; one that is a hard link is read by the name that has it.

    What is too big in the layer that is seen has none, whatever lower layers have in its place.
    """
    small: dict[str, bytes] = {}
    wanted = {path for index in indexes.values() for path in index.small}
    keep = matcher(opening.keep)
    links = []
    for entry in visible:
        if entry.path in wanted and entry.kind is Kind.FILE:
            if entry.path in indexes[entry.layer].small:
                small[entry.path] = indexes[entry.layer].small[entry.path]
        elif entry.kind is Kind.HARDLINK and keep(entry.path):
            links.append(entry)
    for entry, body in contents.stream(links) if links else ():
        small[entry.path] = body.read(MAX_SMALL)
    return small
