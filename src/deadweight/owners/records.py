"""What the RECORD of an installed distribution names, read once for all who ask."""

from __future__ import annotations

from deadweight.core.listing import Listing
from deadweight.owners.dist_info import record_names, record_path
from deadweight.owners.whereabouts import visible


def recorded(listing: Listing, info: str) -> tuple[str, ...]:
    """The plain paths that the RECORD of the dist-info names, there or not, in its order; none without a RECORD.

    Raises Corrupt where it is no CSV.
    """
    return listing.once(_recorded, info)


def recorded_files(listing: Listing, info: str) -> tuple[str, ...]:
    """The visible paths among those that the RECORD names, each where the links on its way lead."""
    return listing.once(_recorded_files, info)


def _recorded(listing: Listing, info: str) -> tuple[str, ...]:
    site, by_path = info.rpartition("/")[0], listing.by_path
    named = [record_path(site, name) for name in record_names(listing.small.get(f"{info}/RECORD", b""))]
    # The texts of the entries: 100 000 paths are not kept twice.
    return tuple([entry.path if (entry := by_path.get(path)) else path for path in named if path])


def _recorded_files(listing: Listing, info: str) -> tuple[str, ...]:
    return tuple(visible(listing, recorded(listing, info)))
