"""Where the paths that a package database names lie in the artifact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.listing import Listing

_MERGED = ("bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/", "libo32/")


def visible(listing: Listing, paths: Iterable[str]) -> Iterator[str]:
    """The paths that are there, each at the place where the links on its way lead; the others are passed over.

    A database may say `bin/sh` for `usr/bin/sh` or the other way round: the merge of /usr is followed both ways,
    by the image's own links or, where those are missing, by their names. The texts given are those of the entries,
    so that 100 000 paths are not kept twice.
    """
    by_path = listing.by_path
    moved: dict[str, str | None] = {}
    for path in paths:
        entry = by_path.get(path)
        if entry is not None:
            yield entry.path
            continue
        directory, _, name = path.rpartition("/")
        if directory not in moved:
            moved[directory] = _moved(listing, directory)
        place = moved[directory]
        entry = by_path.get(f"{place}/{name}") if place is not None else None
        if entry is not None:
            yield entry.path


def _moved(listing: Listing, directory: str) -> str | None:
    """Where the content of a directory that is not there lies, None where it is there or nothing is known."""
    if directory in listing.directories:
        return None
    reached = listing.resolve(directory)
    if reached is not None and reached != directory:
        return reached
    if directory.startswith("usr/") and f"{directory}/"[4:].startswith(_MERGED):
        return directory[4:]
    return f"usr/{directory}" if f"{directory}/".startswith(_MERGED) else None
