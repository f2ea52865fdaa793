"""Which of the things that were cut are wanted back: by path, glob, distribution or rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deadweight.core.errors import UsageError
from deadweight.core.globs import matcher
from deadweight.core.paths import is_under
from deadweight.formats.companion_manifest import Item, Manifest
from deadweight.owners.dist_info import normalised


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


def _choice(word: str) -> Callable[[Item], bool]:
    sort, _, name = word.partition(":")
    if sort == "rule" and name:
        return lambda item: item.rule == name
    if sort == "distribution" and name:
        return lambda item: normalised(item.owner.rpartition(" ")[0] or item.owner) == normalised(name)
    path = word.strip("/")
    matches = matcher((path,))
    return lambda item: is_under(item.path, path) or matches(item.path) if path else False
