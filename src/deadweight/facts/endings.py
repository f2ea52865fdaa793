"""Which visible files have which ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Fact, Scene


def _endings(scene: Scene) -> Mapping[str, Sequence[Entry]]:
    groups: dict[str, list[Entry]] = {}
    directory = Kind.DIRECTORY
    for entry in scene.listing.entries:
        if entry.kind is not directory:
            _, dot, ending = entry.path.rpartition("/")[2].rpartition(".")
            groups.setdefault(dot + ending.lower() if dot else "", []).append(entry)
    return groups


ENDINGS = Fact("endings", _endings)
"""The entries that are no directories by the last ending of their name: lower case with its dot, empty for none.

A name that starts with its only dot is an ending as a whole: `.DS_Store` is under `.ds_store`.
"""


def named(scene: Scene, *names: str) -> list[Entry]:
    """The entries that are no directories with one of these names, sorted by path."""
    groups = scene.ask(ENDINGS)
    endings = {"".join(name.rpartition(".")[1:]).lower() if "." in name else "" for name in names}
    wanted = frozenset(names)
    return sorted(
        (entry for ending in endings for entry in groups.get(ending, ()) if entry.name in wanted),
        key=lambda entry: entry.path,
    )
