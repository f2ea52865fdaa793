"""One version: where it comes from, its files, and its tensors with the versions that share them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from deadweight.core.zoo import Contents, Part, Reference, StoredTensor, Version
from deadweight.core.zoo_report import ShownFile, ShownTensor, ZooShown
from deadweight.zoo.documents import contents
from deadweight.zoo.layout import check
from deadweight.zoo.locking import shared
from deadweight.zoo.versions import version, versions

Key = tuple[str, tuple[int, ...], str]
"""What makes two tensors one: dtype, shape, digest of the elements."""


def show(root: Path, wanted: Reference) -> ZooShown:
    """The version, or the latest of a name."""
    check(root)
    with shared(root):
        found = version(root, wanted)
        held = contents(root, found)
        others = [one for one in versions(root) if one.manifest != found.manifest]
        holders = _holders(root, others)
    formats = {model.path: model.format for model in held.models}
    return ZooShown(
        version=found.summary,
        manifest=found.manifest.digest,
        lineage=_lineage(found, others),
        files=tuple(ShownFile(file.path, file.size, file.digest, formats.get(file.path, "")) for file in held.files),
        tensors=_tensors(held, holders),
    )


def key_of(tensor: StoredTensor) -> Key:
    """What the tensor is, whatever it is called and however it is stored."""
    return tensor.dtype, tensor.shape, tensor.digest


def _holders(root: Path, others: Sequence[Version]) -> Mapping[Key, tuple[str, ...]]:
    holders: dict[Key, dict[str, None]] = defaultdict(dict)
    for other in others:
        for model in contents(root, other).models:
            for tensor in model.tensors:
                if tensor.digest:
                    holders[key_of(tensor)][str(other.summary.reference)] = None
    return {key: tuple(names) for key, names in holders.items()}


def _lineage(found: Version, others: Sequence[Version]) -> tuple[str, ...]:
    """The versions that it was made from, nearest first, as far as they are still there; the last one may be gone."""
    parents = {str(one.summary.reference): one.summary.parent for one in others}
    line: list[str] = []
    parent = found.summary.parent
    while parent and parent not in line:
        line.append(parent)
        parent = parents.get(parent, "")
    return tuple(line)


def _tensors(held: Contents, holders: Mapping[Key, tuple[str, ...]]) -> tuple[ShownTensor, ...]:
    runs = {(file.path, run.offset, run.size): run.parts for file in held.files for run in file.runs}
    shown = []
    for model in held.models:
        for tensor in model.tensors:
            parts = [held.parts[index] for index in runs.get((tensor.file, tensor.offset, tensor.size), ())]
            shown.append(_shown(tensor, parts, holders))
    return tuple(sorted(shown, key=lambda one: -one.tensor.size))


def _shown(tensor: StoredTensor, parts: Sequence[Part], holders: Mapping[Key, tuple[str, ...]]) -> ShownTensor:
    stored = sum(part.length for part in parts) if parts else -1
    return ShownTensor(tensor, stored, any(part.base for part in parts), holders.get(key_of(tensor), ()))
