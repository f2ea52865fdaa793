"""Changes made one behind the other are one: what a swap lays can be edited like all the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deadweight.core.changes import Addition, Changes, Linking, is_removed, writes


def in_turn(first: Changes, later: Changes, stands: Callable[[str], bool]) -> Changes:
    """The first, then those that are said of what comes of them; `stands` says which paths the artifact has."""
    linked = {**first.linked, **later.linked}
    replaced = {**first.replaced, **later.replaced}

    def is_left(path: str) -> bool:
        return path not in first.added and not is_removed(path, later.removed)

    return Changes(
        first.removed | frozenset(path for path in later.removed if stands(path)),
        {path: file for path, file in replaced.items() if is_left(path) and path not in later.linked},
        {path: link for path, link in linked.items() if is_left(path) and path not in later.replaced},
        first.dropped | later.dropped,
        {**dict(_added(first, later)), **later.added},
    )


def _added(first: Changes, later: Changes) -> Iterator[tuple[str, Addition]]:
    """What was added as it is in the end; no hard link is made of it, for its target may lie in another layer."""
    bodies = Changes(
        replaced={path: file for path, file in later.replaced.items() if path in first.added},
        linked={path: link for path, link in later.linked.items() if link.linking is Linking.SYMBOLIC},
    )
    for path, addition in first.added.items():
        if is_removed(path, later.removed):
            continue
        if path in bodies.replaced or path in bodies.linked:
            write = next(writes((addition.entry,), bodies))
            yield path, Addition(write.entry, write.staged)
        else:
            yield path, addition
