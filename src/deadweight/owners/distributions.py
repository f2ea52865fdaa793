"""Python distributions: what RECORD names, then what egg-info names, then what lies in their folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.bytecode import source_of
from deadweight.owners.dist_info import identity, record_path, stated_lines
from deadweight.owners.records import recorded, recorded_files
from deadweight.owners.whereabouts import visible

SITE_NAMES = ("site-packages", "dist-packages")
_READ_OF_DIST_INFO = (
    "METADATA",
    "RECORD",
    "WHEEL",
    "INSTALLER",
    "direct_url.json",
    "entry_points.txt",
    "top_level.txt",
)
_READ_OF_EGG_INFO = (
    "PKG-INFO",
    "installed-files.txt",
    "SOURCES.txt",
    "top_level.txt",
    "requires.txt",
    "entry_points.txt",
)


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution: its metadata folder or file, and what it says is its own.

    `named` are plain paths, there or not; `tops` are top-level names of modules where it names no files.
    `source` is the file that says so, `unreadable` why it could not be read.
    """

    owner: Owner
    info: str
    source: str
    named: tuple[str, ...] = ()
    tops: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def site(self) -> str:
        """The directory that holds the metadata, empty for the root."""
        return self.info.rpartition("/")[0]


def installed(listing: Listing) -> Iterator[Installed]:
    """Every distribution of the artifact in the order of the paths of their metadata.

    Metadata of an egg-info counts in a site directory only: elsewhere it is left from a build of the project itself.
    Metadata that another distribution records is vendored with it and stays its own (`setuptools/_vendor`).
    """
    found = tuple(_stated_distributions(listing))
    vendored = {path.rpartition("/")[0] for one in found for path in one.named if _is_foreign_metadata(one, path)}
    return (one for one in found if one.info not in vendored)


def _is_foreign_metadata(one: Installed, path: str) -> bool:
    return path.endswith(("/METADATA", "/PKG-INFO")) and not path.startswith(f"{one.info}/")


def _stated_distributions(listing: Listing) -> Iterator[Installed]:
    for info in sorted(set(map(_info_of, listing.small)) - {""}):
        if info.endswith(".dist-info"):
            yield _by_record(listing, info)
        elif info.endswith(".egg"):
            yield _by_egg(listing, info)
        elif info.rpartition("/")[0].rpartition("/")[2] in SITE_NAMES:
            yield _by_egg_info(listing, info)


def _info_of(path: str) -> str:
    """The metadata folder or file that a kept body belongs to, empty for none."""
    folder = path.rpartition("/")[0]
    if path.endswith(".egg-info"):
        return path
    if folder.endswith(".egg/EGG-INFO"):
        return folder.removesuffix("/EGG-INFO")
    return folder if folder.endswith((".dist-info", ".egg-info")) else ""


def _by_record(listing: Listing, info: str) -> Installed:
    source = f"{info}/RECORD"
    owner = _owner(listing, info, f"{info}/METADATA")
    try:
        return Installed(owner, info, source, recorded(listing, info))
    except Corrupt as error:
        return Installed(owner, info, source, unreadable=error.what)


def _by_egg(listing: Listing, egg: str) -> Installed:
    source = f"{egg}/EGG-INFO/PKG-INFO"
    return Installed(_owner(listing, egg, source), egg, source, (egg, *listing.paths_under(egg)))


def _by_egg_info(listing: Listing, info: str) -> Installed:
    owner = _owner(listing, info, info if info in listing.small else f"{info}/PKG-INFO")
    stated = {
        name: _stated(listing, f"{info}/{name}") for name in ("installed-files.txt", "top_level.txt", "SOURCES.txt")
    }
    named = (record_path(info, row) for row in stated["installed-files.txt"])
    sources = (row.removeprefix("src/") for row in stated["SOURCES.txt"])
    packages = {row.partition("/")[0] for row in sources if row.endswith("/__init__.py")}
    tops = stated["top_level.txt"] or tuple(sorted(packages)) or (owner.name.replace("-", "_"),)
    return Installed(owner, info, f"{info}/installed-files.txt", tuple(filter(None, named)), tops)


def _stated(listing: Listing, path: str) -> tuple[str, ...]:
    return stated_lines(listing.small.get(path, b""))


def _owner(listing: Listing, info: str, metadata: str) -> Owner:
    name, version = identity(info, listing.small.get(metadata))
    return Owner(OwnerKind.DISTRIBUTION, name, version)


def claims(listing: Listing) -> Iterator[Claim | Gap]:
    """What the distributions record, then what lies in their folders without being recorded."""
    known: dict[str, Owner] = {}
    sites: set[str] = set()
    for one in installed(listing):
        if one.unreadable:
            yield Gap("attribute", one.source, one.unreadable)
        named = _named(listing, one)
        located = tuple(_located(listing, one))
        known |= dict.fromkeys((*named, *located), one.owner)
        sites.add(one.site)
        yield Claim(one.owner, Basis.RECORDED, named, one.source)
        yield Claim(one.owner, Basis.LOCATED, located, one.info)
    yield from _neighbours(listing, sites, known)


def _named(listing: Listing, one: Installed) -> tuple[str, ...]:
    if one.named and one.source.endswith("/RECORD"):
        return recorded_files(listing, one.info)
    return tuple(visible(listing, one.named))


def _located(listing: Listing, one: Installed) -> Iterator[str]:
    """The metadata itself, and the modules of a distribution that names no files."""
    yield from _whole(listing, one.info)
    for top in one.tops if not one.named else ():
        place = f"{one.site}/{top}"
        yield from _whole(listing, place)
        yield from (f"{place}{ending}" for ending in (".py", ".pyi") if f"{place}{ending}" in listing)


def _whole(listing: Listing, path: str) -> Iterator[str]:
    if path in listing:
        yield path
    yield from listing.paths_under(path)


def _neighbours(listing: Listing, sites: Iterable[str], known: dict[str, Owner]) -> Iterator[Claim]:
    """What lies beside files that are known: bytecode goes with its source, other files with their folder."""
    homes = _homes(known)
    homes |= dict.fromkeys(sites, None)
    beside: dict[Owner, dict[str, None]] = {}
    for site in sites:
        for path in listing.paths_under(site):
            if path not in known and (owner := known.get(source_of(path)) or _home(path, homes)):
                beside.setdefault(owner, {})[path] = None
    for owner, paths in beside.items():
        yield Claim(owner, Basis.LOCATED, tuple(paths), "lies beside files that its RECORD names")


def _homes(known: dict[str, Owner]) -> dict[str, Owner | None]:
    """The directories that hold known files, each with its owner, None for one that several share."""
    homes: dict[str, Owner | None] = {}
    for path, owner in known.items():
        directory = path.rpartition("/")[0]
        if homes.setdefault(directory, owner) is not owner:
            homes[directory] = None
    return homes


def _home(path: str, homes: dict[str, Owner | None]) -> Owner | None:
    """Who owns the nearest directory that holds known files, the path itself included."""
    at = path
    while at and at not in homes:
        at = at.rpartition("/")[0]
    return homes.get(at)


CATALOGER: Cataloger = Cataloger(
    name="python distributions",
    reads=(
        *(f"**/*.dist-info/{name}" for name in _READ_OF_DIST_INFO),
        *(f"**/*.egg-info/{name}" for name in _READ_OF_EGG_INFO),
        *(f"**/*.egg/EGG-INFO/{name}" for name in _READ_OF_EGG_INFO),
        "**/*.egg-info",
    ),
    claims=claims,
)
