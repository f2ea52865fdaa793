"""What packages of an operating system own, once their database is read; the same for every package manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deadweight.core.entry import Kind
from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.owners.bytecode import beside_sources
from deadweight.owners.whereabouts import visible

_SYSTEM_PLACES = (
    "bin/",
    "sbin/",
    "lib/",
    "lib64/",
    "usr/bin/",
    "usr/sbin/",
    "usr/lib/",
    "usr/lib64/",
    "etc/alternatives/",
)


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package: the plain paths that the database at `source` lists, there or not."""

    name: str
    version: str
    paths: Iterable[str]
    source: str

    @property
    def owner(self) -> Owner:
        """The package as an owner."""
        return Owner(OwnerKind.OS_PACKAGE, self.name, self.version)


def package_claims(listing: Listing, packages: Iterable[Package]) -> Iterator[Claim]:
    """What the packages list, then the bytecode and the links that were made of it when they were installed.

    A directory that several packages list belongs to none of them, and so does a link to one, such as `/bin`.
    """
    known: dict[str, Owner] = {}
    directories: dict[str, Owner | None] = {}
    for package in packages:
        owner, files = package.owner, []
        for path in visible(listing, package.paths):
            if not _is_directory(listing, path):
                files.append(path)
            elif directories.setdefault(path, owner) != owner:
                directories[path] = None
        known |= dict.fromkeys(files, owner)
        yield Claim(owner, Basis.RECORDED, files, package.source)
    yield from _grouped(directories, Basis.RECORDED, "is a directory that no other package lists")
    yield from beside_sources(listing, known)
    yield from _grouped(_linked(listing, known), Basis.GUESSED, "is a link to a file that is recorded")


def _is_directory(listing: Listing, path: str) -> bool:
    kind = listing.by_path[path].kind
    return kind is Kind.DIRECTORY or (kind is Kind.SYMLINK and listing.resolve(path) in listing.directories)


def _linked(listing: Listing, known: dict[str, Owner]) -> dict[str, Owner | None]:
    """Links in places of the system that no package lists, such as alternatives, by the owner of what they lead to."""
    unlisted = (path for path in listing.links if path not in known and path.startswith(_SYSTEM_PLACES))
    return {path: known.get(listing.resolve(path) or "") for path in unlisted}


def _grouped(owners: dict[str, Owner | None], basis: Basis, source: str) -> Iterator[Claim]:
    by_owner: dict[Owner, list[str]] = {}
    for path, owner in owners.items():
        if owner is not None:
            by_owner.setdefault(owner, []).append(path)
    for owner, paths in by_owner.items():
        yield Claim(owner, basis, paths, source)


def database_claim(listing: Listing, manager: str, *places: str) -> Iterator[Claim]:
    """The claim of a package manager on its own database: all that lies in the places."""
    for place in places:
        if place in listing.directories:
            paths = listing.paths_under(place)
            yield Claim(
                Owner(OwnerKind.OS_PACKAGE, manager), Basis.LOCATED, paths, f"lies in the database of {manager}"
            )
