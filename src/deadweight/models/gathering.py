"""Tensors and storages are gathered while a file is read; what they say of themselves is held against each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from deadweight.core.errors import Corrupt
from deadweight.core.tensor import BITS, Storage, Tensor, is_row_major

MOST_ELEMENTS = 1 << 62


@dataclass(slots=True)
class Gathering:
    """The storages and tensors so far; a storage is there once however many tensors view it."""

    where: str
    storages: list[Storage] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    places: dict[tuple[str, int, int, str], int] = field(default_factory=dict)

    def storage(self, storage: Storage) -> int:
        """The index of the storage, which is the one of the same stretch where there is one."""
        key = (storage.file, storage.offset, storage.length, storage.packing)
        if key not in self.places:
            self.places[key] = len(self.storages)
            self.storages.append(storage)
        return self.places[key]

    def apart(self, storage: Storage) -> int:
        """The index of a storage that none is shared with: empty ones may start where another does."""
        self.storages.append(storage)
        return len(self.storages) - 1

    @property
    def both(self) -> tuple[tuple[Tensor, ...], tuple[Storage, ...]]:
        """All tensors and all storages."""
        return tuple(self.tensors), tuple(self.storages)

    def add(self, tensor: Tensor) -> int:
        """Take a tensor that lies within its storage; raises Corrupt for one that does not. Gives its index."""
        self.check(tensor)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def check(self, tensor: Tensor) -> None:
        """Raise Corrupt where the tensor reaches beyond its storage or has a shape that nothing has."""
        storage = self.storages[tensor.storage]
        reach = extent(tensor)
        if tensor.offset < 0 or tensor.offset + reach > storage.size:
            raise Corrupt(
                f"the tensor {tensor.name!r} views {reach} bytes from {tensor.offset} on, "
                f"and its storage {storage.name!r} has {storage.size}",
                where=self.where,
                advice="The file is truncated or was made to mislead: do not load it.",
            )


def extent(tensor: Tensor) -> int:
    """Bytes from the first element to the end of the last one; raises Corrupt for negative lengths and strides."""
    if any(length < 0 for length in tensor.shape) or any(stride < 0 for stride in tensor.strides):
        raise Corrupt(f"the tensor {tensor.name!r} has the shape {tensor.shape} and strides {tensor.strides}")
    if tensor.elements > MOST_ELEMENTS:
        raise Corrupt(f"the tensor {tensor.name!r} has {tensor.elements} elements")
    if is_row_major(tensor.shape, tensor.strides) or not tensor.width:
        return tensor.size
    last = sum((length - 1) * stride for length, stride in zip(tensor.shape, tensor.strides, strict=True))
    return (last + 1) * tensor.width


def bytes_of(dtype: str, shape: tuple[int, ...], where: str) -> int:
    """Bytes of a tensor's elements; raises Corrupt for a dtype that is not known or a shape below nothing."""
    if dtype not in BITS:
        raise Corrupt(f"the dtype {dtype!r} is not known", where=where)
    if any(length < 0 for length in shape):
        raise Corrupt(f"a tensor of shape {shape}", where=where)
    return -(-prod(shape) * BITS[dtype] // 8)
