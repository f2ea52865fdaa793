"""How the bytes of a checkpoint add up, to the byte."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from deadweight.core.errors import Corrupt
from deadweight.core.tensor import Account, Checkpoint, Storage
from deadweight.models.gathering import extent

Stretch = tuple[int, int]


def account(checkpoint: Checkpoint) -> Account:
    """The account; raises Corrupt where storages overlap, lie outside of their file, or more is told than is there."""
    check_storages(checkpoint)
    seen = _seen(checkpoint)
    tensors = sum(_stored(checkpoint.storages[index], covered) for index, covered in seen.items())
    unseen = sum(one.length for one in checkpoint.storages) - tensors
    padding = checkpoint.size - tensors - unseen - sum(checkpoint.parts.values())
    if padding < 0:
        raise Corrupt(f"{-padding} bytes more are told than it has", where=checkpoint.location)
    return Account(
        size=checkpoint.size,
        tensors=tensors,
        unseen=unseen,
        padding=padding,
        parts=checkpoint.parts,
        unpacked=sum(seen.values()),
        elements=sum(tensor.elements for tensor in checkpoint.tensors),
    )


def _stored(storage: Storage, covered: int) -> int:
    """Stored bytes of what is seen of a storage; a packed one is there as a whole."""
    return storage.length if storage.packing and covered else min(covered, storage.length)


def _seen(checkpoint: Checkpoint) -> dict[int, int]:
    """How many bytes of each storage tensors view, each byte once."""
    views: dict[int, list[Stretch]] = defaultdict(list)
    for tensor in checkpoint.tensors:
        if tensor.size:
            views[tensor.storage].append((tensor.offset, tensor.offset + extent(tensor)))
    return {index: covered(stretches) for index, stretches in views.items()}


def covered(stretches: Iterable[Stretch]) -> int:
    """The bytes of all stretches together, each byte once."""
    whole = end = 0
    for start, stop in sorted(stretches):
        whole += max(0, stop - max(start, end))
        end = max(end, stop)
    return whole


def check_storages(checkpoint: Checkpoint) -> None:
    """Raise Corrupt where a storage lies outside of its file or two overlap."""
    ends: dict[str, tuple[int, str]] = {}
    for one in sorted(checkpoint.storages, key=lambda one: (one.file, one.offset, one.length)):
        size = checkpoint.files.get(one.file, -1)
        end, before = ends.get(one.file, (0, ""))
        where = f"{checkpoint.location}, {one.name}"
        if one.packing == "stream" or not one.length:
            continue
        if one.offset < 0 or one.offset + one.length > size:
            raise Corrupt(f"{one.length} bytes at {one.offset} of {one.file}, which has {size}", where=where)
        if one.offset < end:
            raise Corrupt(f"its bytes overlap those of {before!r}", where=where, advice="Do not load it.")
        ends[one.file] = (one.offset + one.length, one.name)
