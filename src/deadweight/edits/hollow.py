"""Cuts functions that nothing leads to out of builds of OpenBLAS, and strips what is left.

What stays keeps its address, and what is mapped is compared byte for byte. A name that went is not found any more: who
asks for it is told by the loader, as by a library that never had it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.checksums import checksummed
from deadweight.native.elf import elf_layout
from deadweight.native.hollow import Wish, hollowed
from deadweight.native.loading import host_loader
from deadweight.native.openblas import build_of, unreached
from deadweight.native.strip import Left, strip
from deadweight.native.tables import Image


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(_libraries(edit, scene, so_far))):
        original, result = staged(staging, "original", entry.path), staged(staging, "hollow", entry.path)
        with original.open("wb") as copy:
            shutil.copyfileobj(stream, copy, PIECE)
        try:
            _cut(original, result, edit)
            replaced[entry.path] = result
        except Corrupt as error:
            result.unlink(missing_ok=True)
            scene.note(Gap("hollow", entry.path, f"left as it is: {error.what}"))
        original.unlink()
    return Changes(replaced=replaced)


def _libraries(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The entries to read; a hard link follows its first name, and what another edit replaced is not the original."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        changed = is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced
        if entry.kind is not Kind.FILE or changed:
            continue
        if why := checksummed(entry, scene):
            scene.note(Gap("hollow", path, f"left as it is: {why}"))
        else:
            yield entry


def _cut(original: Path, result: Path, edit: Edit) -> None:
    """Write the staged library to `result` without what goes; raises Corrupt where it must stay as it is."""
    imported = frozenset(edit.arguments.get("imported", "").split())
    levels = tuple(filter(None, edit.arguments.get("processors", "").split(",")))
    gone = unreached(build_of(_image(original)), imported, levels)
    stripped = not isinstance(strip(original, result), Left)
    body = hollowed(_image(result if stripped else original), Wish(gone.stretches, gone.names, gone.patches))
    result.write_bytes(body)
    loader = host_loader()
    if loader is not None and loader.fits(original) and loader.outcome(original) != loader.outcome(result):
        raise Corrupt("the loader takes the result otherwise than the original")


def _image(path: Path) -> Image:
    with path.open("rb") as stream:
        layout = elf_layout(stream, path.stat().st_size)
    if layout is None:
        raise Corrupt("it is no whole ELF file")
    return Image(layout, path.read_bytes())


EDIT: EditKind = EditKind("hollow", "cuts functions that nothing leads to out of OpenBLAS", 28, frozenset(), _apply)
