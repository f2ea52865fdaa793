"""Caches: what tools keep to be quicker the next time, and would make again."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.paths import parents
from deadweight.core.seams import Cataloger
from deadweight.owners import bytecode
from deadweight.owners.cache_places import FOLDERS, HOME_NAMES, HOME_PLACES, SHAPES, SYSTEM_PLACES

_TAG = "CACHEDIR.TAG"
_HUB_REPOSITORIES = ("models--", "datasets--", "spaces--")


def claims(listing: Listing) -> Iterator[Claim]:
    """All that lies in caches, and bytecode that Python never reads."""
    for directory, name in caches(listing):
        paths = listing.paths_under(directory)
        yield Claim(Owner(OwnerKind.CACHE, name), Basis.LOCATED, paths, f"lies in the cache {directory}")
    orphans = tuple(_orphaned_bytecode(listing))
    yield Claim(Owner(OwnerKind.CACHE, "python bytecode"), Basis.LOCATED, orphans, "is bytecode without its source")


def caches(listing: Listing) -> Iterator[tuple[str, str]]:
    """Each cache's directory with its name, none nested, sorted; a later way to know one goes before an earlier."""
    ways = (_tagged, _shaped, _conda_packages, _hubs, _homes, _named, _placed)
    found = {directory: name for way in ways for directory, name in way(listing)}
    return ((directory, found[directory]) for directory in sorted(found) if found.keys().isdisjoint(parents(directory)))


def _placed(listing: Listing) -> Iterator[tuple[str, str]]:
    return ((place, name) for place, name in SYSTEM_PLACES.items() if place in listing.directories)


def _named(listing: Listing) -> Iterator[tuple[str, str]]:
    for folder, name in FOLDERS.items():
        yield from ((directory, name) for directory in listing.directories_named.get(folder, ()))
    for place, name in HOME_PLACES.items():
        same_name = listing.directories_named.get(place.rpartition("/")[2], ())
        yield from ((directory, name) for directory in same_name if f"/{directory}".endswith(f"/{place}"))


def _homes(listing: Listing) -> Iterator[tuple[str, str]]:
    """The directories in each `.cache`."""
    for home in listing.directories_named.get(".cache", ()):
        for name in {path[len(home) + 1 :].partition("/")[0] for path in listing.paths_under(home)}:
            if f"{home}/{name}" in listing.directories:
                yield f"{home}/{name}", HOME_NAMES.get(name, name)


def _hubs(listing: Listing) -> Iterator[tuple[str, str]]:
    """Hubs of Hugging Face, by their folders such as `models--owner--name/snapshots`."""
    for directory in listing.directories_named.get("snapshots", ()):
        hub, _, repository = directory.removesuffix("/snapshots").rpartition("/")
        if hub and repository.startswith(_HUB_REPOSITORIES):
            yield hub, "hugging face"


def _conda_packages(listing: Listing) -> Iterator[tuple[str, str]]:
    """Packages that conda unpacked before it linked them, by its list of where they came from."""
    for directory in listing.directories_named.get("pkgs", ()):
        if f"{directory}/urls.txt" in listing or f"{directory}/urls" in listing:
            yield directory, "conda"


def _shaped(listing: Listing) -> Iterator[tuple[str, str]]:
    for child, other, name in SHAPES:
        for directory in listing.directories_named.get(child, ()):
            above = directory.rpartition("/")[0]
            if above and f"{above}/{other}" in listing.directories:
                yield above, name


def _tagged(listing: Listing) -> Iterator[tuple[str, str]]:
    """Directories that say themselves that they are caches (Cache Directory Tagging Specification).

    uv tags its virtual environments too; those are none.
    """
    for directory in listing.directories:
        if directory and f"{directory}/{_TAG}" in listing and f"{directory}/pyvenv.cfg" not in listing:
            yield directory, directory.rpartition("/")[2].strip("._")


def _orphaned_bytecode(listing: Listing) -> Iterator[str]:
    """Bytecode whose source is not there, which Python never reads in such a directory (PEP 3147)."""
    for directory in listing.directories_named.get(bytecode.CACHE, ()):
        for path in listing.paths_under(directory):
            source = bytecode.source_of(path)
            if source and source not in listing:
                yield path


CATALOGER: Cataloger = Cataloger(name="caches", reads=(), claims=claims)
