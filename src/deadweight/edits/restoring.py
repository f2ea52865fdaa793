"""Puts back into a result what was cut from it, out of its companion archive; every RECORD stays true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.errors import UsageError
from deadweight.core.seams import Opening, Packing
from deadweight.edits.choosing import chosen
from deadweight.edits.record import RECORD_ENDING
from deadweight.edits.returning import restored
from deadweight.formats.companion import read_companion
from deadweight.formats.exchange import exchange
from deadweight.formats.output import scratch_directory
from deadweight.formats.recognition import recognise


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the paths, sorted, and the bytes of their bodies."""

    paths: tuple[str, ...]
    size: int


def restore_into(out: Path, companion: Path, wanted: Sequence[str], packing: Packing | None = None) -> Restored:
    """Put what is wanted back into the result at `out`: paths, globs, `distribution:NAME`, `rule:NAME`, `**` for all.

    The result is made anew beside `out` and takes its place in one step. The companion stays as it is.
    Raises UsageError where something wanted is not in the companion.
    """
    form = recognise(out)
    if form.pack is None:
        raise UsageError(f"a {form.name} can't be written", where=str(out))
    source = read_companion(companion)
    artifact = form.open(out, Opening(keep=(f"**/*{RECORD_ENDING}",)))
    with scratch_directory(out.with_name(out.name + ".restored").absolute()) as room:
        staging = room / "staging"
        staging.mkdir()
        items = chosen(source.manifest, wanted)
        changes = restored(artifact, source, items, staging)
        if changes:
            form.pack(artifact, changes, room / out.name, packing or Packing())
            exchange(room / out.name, out)
        return _told(changes)


def _told(changes: Changes) -> Restored:
    back = {path: body for path, body in changes.replaced.items() if not path.endswith(RECORD_ENDING)}
    bodies = [*back.values(), *(added.body for added in changes.added.values() if added.body is not None)]
    return Restored(tuple(sorted(back.keys() | changes.added.keys())), sum(body.stat().st_size for body in bodies))
