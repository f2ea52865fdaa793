"""Rewrites RECORD so that it stays true: rows of what went are dropped, hash and size of what changed are new.

Source: PEP 376, PEP 427, PEP 627; "Recording installed projects" of the PyPA specifications.
"""

from __future__ import annotations

import csv
import io
import posixpath
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.planning import REMOVING
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import Content, new_content, small_bodies, staged
from deadweight.owners.dist_info import RecordRow, folder_identity, record_names, record_path, record_rows

RECORD_ENDING = ".dist-info/RECORD"


def follow_ups(scene: Scene, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits that keep every RECORD true once these are made: one for each that names a touched path.

    A RECORD that goes itself needs none. One that cannot be read is left as it is and noted.
    """
    records = [entry for entry in scene.listing.entries if entry.path.endswith(RECORD_ENDING)]
    removed, changed = _touched(edits)
    staying = [entry for entry in records if not is_removed(entry.path, removed)]
    if not (removed or changed):
        return ()
    bodies = small_bodies(scene.artifact, staying)
    return tuple(
        _follow_up(path)
        for path in sorted(bodies)
        if any(is_removed(named, removed) or named in changed for named in _named(scene, path, bodies[path]))
    )


def rewritten(rows: Iterable[RecordRow], change: Callable[[RecordRow], RecordRow | None]) -> bytes:
    """A RECORD of these rows in their order, each changed or dropped; the RECORD's own row holds no hash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        new = change(row)
        if new is not None:
            writer.writerow((new.path, new.hash, "" if new.size is None else new.size))
    return text.getvalue().encode("utf-8", "surrogateescape")


def stated(row: RecordRow, content: Content) -> RecordRow:
    """The row with hash and size of the content."""
    coded = urlsafe_b64encode(content.sha256).rstrip(b"=").decode("ascii")
    return replace(row, hash=f"sha256={coded}", size=content.size)


def located(listing: Listing, record: str, name: str) -> str | None:
    """The visible path that a row of the RECORD at `record` calls `name`, None where it names none in the artifact."""
    site = posixpath.dirname(posixpath.dirname(record))
    path = record_path(site, name)
    if path is None or path in listing:
        return path
    directory = listing.resolve(posixpath.dirname(path))
    return path if directory is None else posixpath.join(directory, posixpath.basename(path))


def _touched(edits: Iterable[Edit]) -> tuple[frozenset[str], frozenset[str]]:
    """The paths that are removed, and those whose bodies can change."""
    removed: set[str] = set()
    changed: set[str] = set()
    for edit in edits:
        if edit.layer is None and edit.kind in REMOVING:
            removed.update(edit.paths)
        elif edit.layer is None and edit.kind != "record":
            changed.update(edit.paths)
    return frozenset(removed), frozenset(changed)


def _follow_up(record: str) -> Edit:
    name, version = folder_identity(posixpath.dirname(record))
    owner = f"{name} {version}".rstrip()
    reason = f"RECORD of {owner} names files that other edits remove or change"
    return Edit("record", (record,), Safety.SAFE, "", reason, owner)


def _named(scene: Scene, record: str, body: bytes) -> Iterator[str]:
    try:
        names = record_names(body)
    except Corrupt as error:
        scene.note(Gap("edit", record, f"left as it is: {error.what}"))
        return
    for name in names:
        path = located(scene.listing, record, name)
        if path is not None:
            yield path


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    bodies = small_bodies(scene.artifact, (scene.listing.by_path[path] for path in edit.paths))
    replaced = {}
    for path in sorted(bodies):
        body = rewritten(record_rows(bodies[path]), _truth(scene, path, so_far))
        if body != bodies[path]:
            replaced[path] = staged(staging, "record", path)
            replaced[path].write_bytes(body)
    return Changes(replaced=replaced)


def _truth(scene: Scene, record: str, so_far: Changes) -> Callable[[RecordRow], RecordRow | None]:
    def change(row: RecordRow) -> RecordRow | None:
        path = located(scene.listing, record, row.path)
        if path is None or path == record:
            return row
        if is_removed(path, so_far.removed):
            return None
        content = new_content(scene, so_far, path) if row.hash else None
        return row if content is None else stated(row, content)

    return change


EDIT: EditKind = EditKind("record", "rewrites RECORD so that it stays true", 90, frozenset(), _apply)
