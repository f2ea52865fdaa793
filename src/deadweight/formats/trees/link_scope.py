"""Where an entry really lies when a directory above it is a symbolic link: inside the root, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from deadweight.core.changes import Write
from deadweight.core.entry import Kind
from deadweight.core.errors import Hostile
from deadweight.core.listing import Listing
from deadweight.core.paths import parents


def scoped_paths(planned: Sequence[Write], where: str, follow: bool) -> Iterator[Write]:
    """Each write at the path where it really lies.

    A layer may put a file below a directory that is a symbolic link in a lower layer (usr-merge): with `follow` the
    link is followed inside the root, as container runtimes do. Raises Hostile for a link that leads out or in a
    circle, and without `follow` for any entry below a link.
    """
    listing = Listing(tuple(one.entry for one in planned), {})
    if not listing.links:
        yield from planned
        return
    for one in planned:
        yield _scoped(one, listing, where, follow)


def _scoped(one: Write, listing: Listing, where: str, follow: bool) -> Write:
    entry = one.entry
    path = _real(entry.path, listing, where, follow)
    target = _real(entry.target, listing, where, follow) if entry.kind is Kind.HARDLINK else entry.target
    if (path, target) == (entry.path, entry.target):
        return one
    return replace(one, entry=entry.but(path=path, target=target))


def _real(path: str, listing: Listing, where: str, follow: bool) -> str:
    link = _link_above(path, listing.links)
    if link is None:
        return path
    directory, _, name = path.rpartition("/")
    real = listing.resolve(directory) if follow else None
    if real is None:
        raise Hostile(
            f"{path!r} lies below {link!r}, a symbolic link to {listing.links[link][:200]!r}",
            where=where,
            advice="Nothing is written through links that lead out. Build the artifact again without such entries.",
        )
    return f"{real}/{name}" if real else name


def _link_above(path: str, links: Mapping[str, str]) -> str | None:
    return next((above for above in parents(path) if above in links), None)
