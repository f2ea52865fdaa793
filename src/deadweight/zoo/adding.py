"""Adds a version: its files are stored part by part, then the index names it, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from deadweight.core.gap import Gap
from deadweight.core.progress import SILENT, Progress
from deadweight.core.zoo import Contents, Summary, Version
from deadweight.core.zoo_report import Added
from deadweight.zoo.documents import MOST_MANIFEST
from deadweight.zoo.intake import Intake, taken
from deadweight.zoo.layout import make
from deadweight.zoo.locking import shared
from deadweight.zoo.naming import Wish, check_free, name
from deadweight.zoo.storing import store
from deadweight.zoo.versions import latest, version


def add(root: Path, target: Path, wish: Wish, progress: Progress = SILENT) -> Added:
    """Add a model file or a folder; raises UsageError where the version is there already, which never changes.

    Raises what the readers of models raise where the target is none that can be read.
    """
    intake = taken(target)
    make(root)
    with shared(root):
        check_free(root, wish.reference)
        parent = version(root, wish.parent) if wish.parent else latest(root, wish.reference.name)
        done = store(root, intake, parent, progress)
        describe = _describing(wish, str(parent.summary.reference) if parent else "", (intake, done.contents))
        named = name(root, wish.reference, describe, done.blobs)
    return Added(named.summary, named.manifest.digest, done.fresh, (*intake.gaps, *done.gaps, *_too_long(named)))


def _describing(wish: Wish, parent: str, made: tuple[Intake, Contents]) -> Callable[[str, int], Summary]:
    intake, held = made

    def describe(label: str, number: int) -> Summary:
        return Summary(
            name=wish.reference.name,
            version=label,
            number=number,
            parent=parent,
            created=wish.created,
            size=intake.size,
            files=len(intake.sources),
            tensors=sum(len(model.tensors) for model in held.models),
            formats=tuple(sorted({model.format for model in held.models})),
            notes=wish.notes,
            is_folder=intake.is_folder,
        )

    return describe


def _too_long(named: Version) -> Iterator[Gap]:
    if named.manifest.size > MOST_MANIFEST:
        reason = f"its manifest has {named.manifest.size:,} bytes, and registries take {MOST_MANIFEST:,}"
        yield Gap("zoo", str(named.summary.reference), reason)
