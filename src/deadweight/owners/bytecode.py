"""Bytecode belongs to whom its source belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner

CACHE = "__pycache__"


def source_of(path: str) -> str:
    """The source that a file of bytecode was made of (PEP 3147), empty for another file."""
    folder, _, name = path.rpartition("/")
    if not (name.endswith(".pyc") and folder.endswith(CACHE)):
        return ""
    return f"{folder.removesuffix(CACHE)}{name.partition('.')[0]}.py"


def beside_sources(listing: Listing, known: Mapping[str, Owner]) -> Iterator[Claim]:
    """Claims on the bytecode that was made of files whose owner is known, after they were installed."""
    beside: dict[Owner, list[str]] = {}
    for directory in listing.directories_named.get(CACHE, ()) if known else ():
        for path in listing.paths_under(directory):
            if path not in known and (owner := known.get(source_of(path))):
                beside.setdefault(owner, []).append(path)
    for owner, paths in beside.items():
        yield Claim(owner, Basis.LOCATED, paths, "is bytecode of a file that is recorded")
