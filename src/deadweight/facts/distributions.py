"""Which Python distributions are installed, and what each says of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.scene import Fact, Scene
from deadweight.owners.dist_info import (
    egg_requirements,
    entry_point_groups,
    identity,
    metadata_fields,
    record_path,
    stated_lines,
    text_of,
    top_level_names,
)
from deadweight.owners.records import recorded_files
from deadweight.owners.whereabouts import visible


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution.

    `name` is normalised (PEP 503), `info` the path of its dist-info or egg-info, `site` the directory that holds
    that. `files` are its visible files, sorted: those of its RECORD, scripts included, and of `info`. `requires` are
    its Requires-Dist lines, `entry_points` its groups, `modules` its importable top-level names. `requested` is
    whether the installer noted that it was asked for by name (PEP 376).
    """

    name: str
    version: str
    info: str
    site: str
    files: tuple[str, ...]
    requires: tuple[str, ...] = ()
    entry_points: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    requested: bool = False

    @property
    def owner(self) -> str:
        """The name and version, as findings spell their owner."""
        return f"{self.name} {self.version}".rstrip()


def _distributions(scene: Scene) -> tuple[Distribution, ...]:
    listing = scene.listing
    found = [_read(scene, listing, info) for info in _infos(listing)]
    inner = _vendored(found)
    return tuple(sorted((one for one in found if one.info not in inner), key=lambda one: (one.name, one.info)))


def _infos(listing: Listing) -> Iterator[str]:
    """The dist-info and egg-info directories (or egg-info files) that hold metadata."""
    for path in listing.small:
        if path not in listing or "/~" in f"/{path}":  # pip moves aside what it deletes, under such a name
            continue
        directory, _, name = path.rpartition("/")
        if (name == "METADATA" and directory.endswith(".dist-info")) or (
            name == "PKG-INFO" and directory.endswith(".egg-info")
        ):
            yield directory
        elif name.endswith(".egg-info"):
            yield path


def _read(scene: Scene, listing: Listing, info: str) -> Distribution:
    metadata = _metadata(listing, info)
    name, version = identity(info, metadata)
    site = posixpath.dirname(info)
    files = tuple(sorted({*_named(scene, listing, info, site), *_inside(listing, info)}))
    prefix = f"{site}/" if site else ""
    return Distribution(
        name,
        version,
        info,
        site,
        files,
        requires=_requires(listing, info, metadata),
        entry_points=entry_point_groups(listing.small.get(f"{info}/entry_points.txt", b"")),
        modules=tuple(sorted(top_level_names(path[len(prefix) :] for path in files if path.startswith(prefix)))),
        requested=f"{info}/REQUESTED" in listing,
    )


def _metadata(listing: Listing, info: str) -> bytes:
    for path in (f"{info}/METADATA", f"{info}/PKG-INFO", info):
        if path in listing.small:
            return listing.small[path]
    return b""


def _inside(listing: Listing, info: str) -> Iterator[str]:
    if info in listing.small:
        yield info
    yield from (entry.path for entry in listing.under(info) if entry.kind is not Kind.DIRECTORY)


def _named(scene: Scene, listing: Listing, info: str, site: str) -> Iterable[str]:
    """The visible paths that the distribution names as its own, or what lies where its modules should be."""
    if f"{info}/RECORD" in listing.small:
        try:
            return recorded_files(listing, info)
        except Corrupt as error:
            scene.note(Gap("distributions", f"{info}/RECORD", error.what))
    installed = listing.small.get(f"{info}/installed-files.txt")
    if installed is not None:
        named = (record_path(info, f"./{line}") for line in stated_lines(installed))
        return visible(listing, (path for path in named if path is not None))
    return visible(listing, _located(listing, info, site))


def _located(listing: Listing, info: str, site: str) -> Iterator[str]:
    for module in stated_lines(listing.small.get(f"{info}/top_level.txt", b"")):
        if module.isidentifier():
            place = posixpath.join(site, module)
            yield from (entry.path for entry in listing.under(place) if entry.kind is not Kind.DIRECTORY)
            yield f"{place}.py"


def _requires(listing: Listing, info: str, metadata: bytes) -> tuple[str, ...]:
    stated = metadata_fields(metadata).get("requires-dist", ())
    return stated or egg_requirements(text_of(listing.small.get(f"{info}/requires.txt", b"")))


def _vendored(found: Iterable[Distribution]) -> frozenset[str]:
    """The metadata directories that are files of another distribution: copies that it carries, not installed."""
    infos = {one.info: one for one in found}
    inner: set[str] = set()
    for one in infos.values():
        metadata = [path for path in one.files if "-info" in path]
        holders = {path.rpartition("/")[0] for path in metadata} | set(metadata)
        inner.update(info for info in holders & infos.keys() if info != one.info)
    return frozenset(inner)


DISTRIBUTIONS: Fact[tuple[Distribution, ...]] = Fact("distributions", _distributions)


def _holders(scene: Scene) -> Mapping[str, str]:
    return {path: one.info for one in scene.ask(DISTRIBUTIONS) for path in one.files}


HOLDERS: Fact[Mapping[str, str]] = Fact("holders", _holders)
"""Each file that a distribution has, with the dist-info of that distribution."""
