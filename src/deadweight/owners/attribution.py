"""Every entry gets its owner: all ecosystems claim, the best claim wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import Claim, Ownership, settle
from deadweight.core.plugins import found, named
from deadweight.core.seams import Cataloger


def catalogers() -> tuple[Cataloger, ...]:
    """All catalogers, ours and those of third parties."""
    return tuple(named(found("deadweight.owners", "CATALOGER", Cataloger)).values())


def metadata_globs(sources: Iterable[Cataloger]) -> tuple[str, ...]:
    """The globs of all metadata files that the catalogers read."""
    return tuple(dict.fromkeys(glob for source in sources for glob in source.reads))


def attribute(listing: Listing, sources: Iterable[Cataloger]) -> Ownership:
    """Exactly one owner for each visible path, and what no cataloger could read."""
    gaps: list[Gap] = []
    return replace(settle(_claims(listing, sources, gaps)), gaps=tuple(gaps))


def _claims(listing: Listing, sources: Iterable[Cataloger], gaps: list[Gap]) -> Iterator[Claim]:
    """The claims of all ecosystems; their gaps are put aside."""
    for source in sources:
        for claim in source.claims(listing):
            if isinstance(claim, Gap):
                gaps.append(claim)
            else:
                yield claim
