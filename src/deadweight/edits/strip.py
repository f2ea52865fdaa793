"""Strips native libraries and programs of symbols and debugging data, where it is sure that they load as before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.checksums import checksummed
from deadweight.native.loading import Loader, host_loader
from deadweight.native.strip import NOTHING_TO_GAIN, Left, strip


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    loader = host_loader()
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(_strippable(edit, scene, so_far))):
        original, result = staged(staging, "original", entry.path), staged(staging, "strip", entry.path)
        with original.open("wb") as copy:
            shutil.copyfileobj(stream, copy, PIECE)
        why = _stripped(original, result, loader)
        original.unlink()
        if not why:
            replaced[entry.path] = result
            continue
        result.unlink(missing_ok=True)
        if why != NOTHING_TO_GAIN.why:
            scene.note(Gap("strip", entry.path, f"left as it is: {why}"))
    _note_unchecked(replaced, loader, scene)
    return Changes(replaced=replaced)


def _strippable(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The entries to read; a hard link follows its first name and is not stripped by itself."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        if is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced:
            continue
        if entry.kind is Kind.FILE and not (why := checksummed(entry, scene)):
            yield entry
        elif entry.kind is Kind.FILE:
            scene.note(Gap("strip", path, f"left as it is: {why}"))


def _stripped(original: Path, result: Path, loader: Loader | None) -> str:
    """Strip the staged file to `result`; why it was left, empty where it was not."""
    outcome = strip(original, result)
    if isinstance(outcome, Left):
        return outcome.why
    if loader is None or not loader.fits(original) or loader.outcome(original) == loader.outcome(result):
        return ""
    return "the loader takes the stripped file otherwise than the original"


def _note_unchecked(replaced: Mapping[str, Path], loader: Loader | None, scene: Scene) -> None:
    foreign = [path for path, result in replaced.items() if loader is None or not loader.fits(result)]
    if foreign:
        says = f"{len(foreign)} stripped files are not for this host's loader: only their headers were checked"
        scene.note(Gap("strip", foreign[0], says))


EDIT: EditKind = EditKind("strip", "strips native libraries of symbols and debugging data", 30, frozenset(), _apply)
