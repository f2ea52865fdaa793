"""What two versions differ in, tensor by tensor, and how far the elements moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.gap import Gap
from deadweight.core.plural import plural
from deadweight.core.progress import SILENT, Progress
from deadweight.core.zoo import Contents, Reference, StoredTensor, Version
from deadweight.core.zoo_report import ChangedTensor, Magnitude, ZooDifference
from deadweight.zoo.documents import contents
from deadweight.zoo.layout import check
from deadweight.zoo.locking import shared
from deadweight.zoo.magnitude import can_measure, magnitude
from deadweight.zoo.reading import Parts, Segment, segments, stretch
from deadweight.zoo.showing import key_of
from deadweight.zoo.versions import version

Names = Mapping[tuple[str, str], StoredTensor]
"""Tensors by model and name; the model is empty where a version has only one, whose file may be called otherwise."""


def compare(root: Path, before: Reference, after: Reference, progress: Progress = SILENT) -> ZooDifference:
    """What the second version has, lacks and holds otherwise than the first.

    Without numpy how far elements moved is not known, which is a gap.
    """
    check(root)
    with shared(root):
        sides = tuple(_Side.of(root, version(root, one)) for one in (before, after))
        first, second = sides
        changed = [(name, one) for name, one in first.tensors.items() if _differs(one, second.tensors.get(name))]
        progress.start("comparing", sum(one.size for _, one in changed))
        measured = tuple(_changed(first, second, name, progress) for name, _ in changed)
        progress.finish()
    same = [one for name, one in first.tensors.items() if _is_same(one, second.tensors.get(name))]
    return ZooDifference(
        before=first.version.summary,
        after=second.version.summary,
        added=tuple(one for name, one in second.tensors.items() if name not in first.tensors),
        removed=tuple(one for name, one in first.tensors.items() if name not in second.tensors),
        changed=measured,
        same=len(same),
        same_bytes=sum(one.size for one in same),
        files=_files(first.contents, second.contents),
        gaps=_gaps(measured),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two versions."""

    version: Version
    contents: Contents
    tensors: Names
    parts: Parts
    segments: Mapping[str, tuple[Segment, ...]]

    @classmethod
    def of(cls, root: Path, found: Version) -> _Side:
        held = contents(root, found)
        alone = len(held.models) == 1
        tensors = {
            ("" if alone else model.path, tensor.name): tensor for model in held.models for tensor in model.tensors
        }
        whole = {file.path: segments(held, file) for file in held.files}
        return cls(found, held, tensors, Parts(root, {part.digest: part for part in held.parts}), whole)

    def elements(self, tensor: StoredTensor) -> Iterator[bytes]:
        """The bytes of a tensor that lies in its file as it is."""
        return stretch(self.parts, self.segments[tensor.file], tensor.offset, tensor.size)


def _is_same(one: StoredTensor, other: StoredTensor | None) -> bool:
    return other is not None and bool(one.digest) and key_of(one) == key_of(other)


def _differs(one: StoredTensor, other: StoredTensor | None) -> bool:
    return other is not None and not _is_same(one, other)


def _changed(first: _Side, second: _Side, name: tuple[str, str], progress: Progress) -> ChangedTensor:
    one, other = first.tensors[name], second.tensors[name]
    moved: Magnitude | None = None
    if (one.dtype, one.shape) == (other.dtype, other.shape) and min(one.offset, other.offset) >= 0:
        moved = magnitude(one.dtype, (one.order, other.order), first.elements(one), second.elements(other))
    progress.advance(one.size)
    return ChangedTensor(one, other, moved)


def _files(first: Contents, second: Contents) -> tuple[str, ...]:
    """Paths of files that are not the same in both; those of two single files need not be called the same."""
    if len(first.files) == len(second.files) == 1:
        return () if first.files[0].digest == second.files[0].digest else (second.files[0].path,)
    before = {(file.path, file.digest) for file in first.files}
    after = {(file.path, file.digest) for file in second.files}
    return tuple(sorted({path for path, _ in before ^ after}))


def _gaps(changed: tuple[ChangedTensor, ...]) -> tuple[Gap, ...]:
    unknown = [one for one in changed if one.magnitude is None and one.before.shape == one.after.shape]
    if not unknown or can_measure():
        return ()
    return (
        Gap("zoo", plural(len(unknown), "tensor"), "how far they moved needs numpy: pip install 'deadweight[models]'"),
    )
