"""Puts a lighter distribution in the place of a heavy one: fetched by pip, laid out as an installer does."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.changes import Addition, Changes
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.fetching import Fetched, Target, fetched
from deadweight.edits.swap_checks import check_requirements, staying
from deadweight.edits.wheel_laying import Laid, Prefix, laid_out, wheel_metadata
from deadweight.owners.dist_info import folder_identity

_BODIED = (Kind.FILE, Kind.HARDLINK)
_MOST_SCRIPTS = 20


@dataclass(frozen=True, slots=True)
class _Swap:
    """What an edit says: the dist-info that goes, what to ask for, for which Python, and what must not come again."""

    old: str
    requirements: tuple[str, ...]
    target: Target
    refused: str

    @property
    def site(self) -> str:
        return posixpath.dirname(self.old)

    @property
    def name(self) -> str:
        return str(canonicalize_name(Requirement(self.requirements[0]).name))


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    swap = _swap(edit)
    old = {entry.path: entry for path in edit.paths for entry in _whole(scene, path)}
    there = staying(scene.listing, swap.site, frozenset(edit.paths))
    if swap.name in there:
        return Changes(removed=frozenset(edit.paths))
    room = staging / f"fetched-{swap.name}"
    room.mkdir()
    found = fetched(swap.requirements, swap.target, room)
    check_requirements(wheel_metadata(found.wheel).get("requires-dist", ()), there, swap.target, swap.refused)
    prefix = Prefix(swap.site, _interpreter(scene, Prefix(swap.site).scripts))
    laid = laid_out(found.wheel, prefix, _note(swap, found), staging)
    found.wheel.unlink()
    return _changes(scene, old, laid)


def _swap(edit: Edit) -> _Swap:
    try:
        given = edit.arguments
        target = Target(given["python"], tuple(given["platforms"].split()))
        return _Swap(given["old"], tuple(given["requirements"].split()), target, given.get("refuse", ""))
    except KeyError as error:
        raise UsageError(
            f"the edit that swaps {edit.paths[0]!r} does not say its {error}", advice="Make the plan again."
        ) from error


def _note(swap: _Swap, found: Fetched) -> Mapping[str, str]:
    return {
        "wheel": found.wheel.name,
        "sha256": found.digest,
        "instead of": " ".join(folder_identity(swap.old)),
        "by": "deadweight --swap",
    }


def _whole(scene: Scene, path: str) -> Iterator[Entry]:
    if path in scene.listing:
        yield scene.listing.by_path[path]
    yield from scene.listing.under(path)


def _interpreter(scene: Scene, scripts: str) -> str:
    """The first line that most scripts beside have, where they name a Python."""
    beside = [scene.listing.by_path[path] for path in scene.listing.directly_in(scripts)]
    files = [entry for entry in beside if entry.kind is Kind.FILE and entry.head.startswith(b"#!")][:_MOST_SCRIPTS]
    bodies = scene.artifact.contents.stream(files)
    lines = Counter(stream.read(1024).partition(b"\n")[0].decode("utf-8", "surrogateescape") for _, stream in bodies)
    named = [line for line, _ in lines.most_common() if "python" in line]
    return named[0] if named else Prefix("").interpreter


def _changes(scene: Scene, old: Mapping[str, Entry], laid: Mapping[str, Laid]) -> Changes:
    """The difference between the old files and those laid out: what both have is replaced, and stays in its place."""
    _check_places(scene, old, laid)
    shared = {entry.target for entry in scene.listing.entries if entry.kind is Kind.HARDLINK and entry.path not in old}
    replaced = {path: one.body for path, one in laid.items() if path in old and path not in shared}
    removed = frozenset(_removed(old, laid, replaced))
    new = {path: one for path, one in laid.items() if path not in replaced}
    return Changes(removed=removed, replaced=replaced, added=dict(_added(scene, old, new)))


def _check_places(scene: Scene, old: Mapping[str, Entry], laid: Iterable[str]) -> None:
    """Raise for a path that is somebody else's, or is no file."""
    for path in laid:
        if path in scene.listing and path not in old:
            raise UsageError(
                f"it has {path}, which belongs to {scene.ownership.of(path)}", where="swap", advice="Leave it out."
            )
        if path in old and old[path].kind not in _BODIED:
            raise Corrupt(f"{path} is no file to be replaced", where="swap")


def _removed(old: Mapping[str, Entry], laid: Iterable[str], replaced: Mapping[str, Path]) -> Iterator[str]:
    """What goes; a directory without anything new in it goes as a whole."""
    staying_directories = {above for path in laid for above in parents(path)}
    gone: set[str] = set()
    for path in sorted(old):
        stays = path in staying_directories if old[path].kind is Kind.DIRECTORY else path in replaced
        if not stays and gone.isdisjoint(parents(path)):
            gone.add(path)
            yield path


def _added(scene: Scene, old: Mapping[str, Entry], new: Mapping[str, Laid]) -> Iterator[tuple[str, Addition]]:
    """New entries that belong to whom the old ones did, with their time; directories where the artifact stores such."""
    like = next((entry for entry in old.values() if entry.kind in _BODIED), Entry("", Kind.FILE))
    if any(entry.kind is Kind.DIRECTORY for entry in scene.listing.entries):
        for directory in sorted({above for path in new for above in parents(path)}):
            if directory not in scene.listing:
                yield directory, Addition(_owned(Entry(directory, Kind.DIRECTORY, mode=0o755), like))
    for path, one in new.items():
        mode = 0o755 if one.executable else 0o644
        yield path, Addition(_owned(Entry(path, Kind.FILE, one.size, one.size, mode), like), one.body)


def _owned(entry: Entry, like: Entry) -> Entry:
    return entry.but(uid=like.uid, gid=like.gid, mtime=like.mtime)


EDIT: EditKind = EditKind("swap", "puts a lighter distribution in the place of a heavy one", 5, frozenset(), _apply)
