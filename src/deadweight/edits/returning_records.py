"""RECORDs of a result of which something comes back: they say what is there then, and what is still changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.errors import Corrupt
from deadweight.core.listing import Listing
from deadweight.edits.bodies import small_bodies, staged
from deadweight.edits.record import RECORD_ENDING, located, rewritten
from deadweight.formats.companion import Companion
from deadweight.formats.companion_manifest import Change, Item
from deadweight.owners.dist_info import RecordRow, record_rows


def records_mended(
    artifact: Artifact, source: Companion, situation: tuple[Mapping[str, Item], Listing], staging: Path
) -> Mapping[str, Path]:
    """Every RECORD that must say something else once the items are back, staged.

    The situation is what comes back, by path, and what is there without it.
    """
    todo, listing = situation
    records = [item for item in source.manifest.items if item.path.endswith(RECORD_ENDING)]
    wanted = [one.path for one in records if one.path in todo or one.path in listing]
    present = [listing.by_path[path] for path in wanted if path in listing]
    now = small_bodies(artifact, present)
    away = {item.path: item for item in source.manifest.items if item.path not in todo and item.path not in wanted}
    changed = {}
    for path, stream in source.bodies(wanted):
        body = _mended(stream.read(), now.get(path, b""), _truth(path, away, listing))
        if body != now.get(path):
            changed[path] = staged(staging, "record", path)
            changed[path].write_bytes(body)
    return changed


def _truth(record: str, away: Mapping[str, Item], listing: Listing) -> Callable[[RecordRow], Change | None]:
    """What is still the matter with the file that a row names, None where it is as it was."""

    def matter(row: RecordRow) -> Change | None:
        path = located(listing, record, row.path)
        item = away.get(path) if path is not None else None
        if item is None or (item.change is Change.REMOVED and item.path in listing):
            return None
        return item.change

    return matter


def _mended(original: bytes, now: bytes, matter: Callable[[RecordRow], Change | None]) -> bytes:
    """The original RECORD without what is still gone, with what is said now of what is still changed.

    One that was never readable comes back as it was.
    """
    try:
        rows, current = record_rows(original), {row.path: row for row in record_rows(now)}
    except Corrupt:
        return original
    true = []
    for row in rows:
        change = matter(row)
        if change is not Change.REMOVED:
            true.append(current.get(row.path, row) if change is not None else row)
    known = {row.path for row in rows}
    true.extend(row for row in current.values() if row.path not in known)
    return original if tuple(true) == rows else rewritten(true, lambda row: row)
