"""Takes packages that are removed whole out of the system's database, so that scanners and `dpkg -l` stay true.

A package of dpkg is gone once its list of files is, one of apk once all of its files are. The databases of rpm are left
as they are: they hold hashes of their own pages.

Source: deb822(5), dpkg-query(1), apk(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit, Safety
from deadweight.core.listing import Listing
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import small_bodies, staged
from deadweight.owners import apk, dpkg
from deadweight.owners.dist_info import text_of
from deadweight.owners.whereabouts import visible

_KIND = "package record"
_FIELD = re.compile(rb"^(Package|Architecture):[ \t]*(\S+)", re.MULTILINE)
_APK_NAME = re.compile(rb"^P:(.+)$", re.MULTILINE)


def package_follow_ups(scene: Scene, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits that keep the databases of dpkg and apk true once these are made: one for each that names a gone one.

    A database that goes itself needs none.
    """
    removed = frozenset(path for edit in edits if edit.layer is None and edit.kind == "remove" for path in edit.paths)
    if not removed:
        return ()
    return tuple(
        Edit(_KIND, (path,), Safety.SAFE, "", f"{path} names packages that other edits remove whole: {', '.join(gone)}")
        for path, finding in _DATABASES.items()
        if path in scene.listing and not is_removed(path, removed)
        for gone in (sorted({name for name, _ in finding(scene.listing, path, removed)}),)
        if gone
    )


def _gone_of_dpkg(listing: Listing, _: str, removed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The name and, where its list tells it, the architecture of each package whose list goes."""
    for package in dpkg.packages(listing):
        if package.source.endswith(".list") and is_removed(package.source, removed):
            stem = package.source.rpartition("/")[2].removesuffix(".list")
            yield package.name, stem.partition(":")[2]


def _gone_of_apk(listing: Listing, path: str, removed: frozenset[str]) -> Iterator[tuple[str, str]]:
    for package in apk.packages_in(text_of(listing.small.get(path, b"")), path):
        files = [one for one in visible(listing, package.paths) if one not in listing.directories]
        if files and all(is_removed(one, removed) for one in files):
            yield package.name, ""


Finding = Callable[[Listing, str, frozenset[str]], Iterable[tuple[str, str]]]
_DATABASES: Mapping[str, Finding] = MappingProxyType(
    {dpkg.STATUS: _gone_of_dpkg, **{f"{place}/installed": _gone_of_apk for place in apk.DATABASES}}
)


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    replaced = {}
    bodies = small_bodies(scene.artifact, (scene.listing.by_path[path] for path in edit.paths))
    for path, body in sorted(bodies.items()):
        gone = frozenset(_DATABASES[path](scene.listing, path, so_far.removed))
        left = without(body, gone)
        if left != body:
            replaced[path] = staged(staging, "package-record", path)
            replaced[path].write_bytes(left)
    return Changes(replaced=replaced)


def without(database: bytes, gone: frozenset[tuple[str, str]]) -> bytes:
    """The database without the paragraphs of these packages, by name and architecture; empty for any architecture."""
    kept = b"\n\n".join(one for one in database.split(b"\n\n") if gone.isdisjoint(_identities(one)))
    return kept + b"\n" if kept and database.endswith(b"\n") and not kept.endswith(b"\n") else kept


def _identities(paragraph: bytes) -> Iterator[tuple[str, str]]:
    fields = {name: text_of(value) for name, value in _FIELD.findall(paragraph)}
    name = fields.get(b"Package", "") or "".join(map(text_of, _APK_NAME.findall(paragraph)[:1]))
    yield name, ""
    yield name, fields.get(b"Architecture", "")


EDIT: EditKind = EditKind(_KIND, "takes removed packages out of dpkg's and apk's database", 91, frozenset(), _apply)
