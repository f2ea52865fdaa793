"""Strips native libraries and programs of symbols and debugging data, where it is sure that they load as before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import staged
from deadweight.edits.libraries import leave, originals
from deadweight.native.loading import Loader, host_loader
from deadweight.native.strip import NOTHING_TO_GAIN, Left, strip


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    loader = host_loader()
    replaced: dict[str, Path] = {}
    for path, original in originals(edit, scene, so_far, staging):
        result = staged(staging, "stripped", path)
        why = _stripped(original, result, loader)
        original.unlink()
        if not why:
            replaced[path] = result
            continue
        result.unlink(missing_ok=True)
        if why != NOTHING_TO_GAIN.why:
            leave(edit, scene, path, why)
    _note_unchecked(replaced, loader, scene)
    return Changes(replaced=replaced)


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
