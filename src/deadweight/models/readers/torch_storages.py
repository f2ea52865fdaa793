"""Tensors of torch as its pickles describe them: a call that rebuilds a view of a storage that lies elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.tensor import BITS, Tensor, Value
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.pickles.allowed import DTYPES, STORAGES
from deadweight.models.pickles.shown import shown
from deadweight.models.pickles.tree import Path, dotted, leaves, plain_value
from deadweight.models.pickles.values import Made, Name, Pairs, Persistent

_PREFIX = "torch._utils."
_VIEWS = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_qtensor")
_WRAPPERS = ("_rebuild_parameter", "_rebuild_parameter_with_state")


@dataclass(frozen=True, slots=True)
class Stored:
    """A storage as a pickle names it: its key, the dtype of its elements, how many, and the device it was on.

    `view` are (first element, elements) of one that is a part of another, as files of old have it.
    """

    key: str
    dtype: str
    elements: int
    device: str
    view: tuple[int, int] | None = None

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.elements * BITS[self.dtype] // 8


@dataclass(frozen=True, slots=True)
class View:
    """A tensor as a pickle describes it: `offset` and `strides` count elements."""

    stored: Stored
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def stored(value: object, where: str) -> Stored:
    """The storage that a persistent identity names; raises Corrupt for any other identity."""
    identity = value.identity if isinstance(value, Persistent) else None
    if isinstance(identity, tuple) and len(identity) in (5, 6) and identity[0] == "storage":
        _, kind, key, device, elements, *view = identity
        dtype = STORAGES.get(kind.name) if isinstance(kind, Name) else None
        if dtype and isinstance(key, (str, int)) and isinstance(elements, int) and elements >= 0:
            return Stored(str(key), dtype, elements, str(device), _part(view))
    raise Corrupt(f"{shown(value)} names no storage of torch", where=where)


def _part(view: list[object]) -> tuple[int, int] | None:
    found = view[0] if view else None
    if isinstance(found, tuple) and len(found) == 3:
        return _count(found[1]), _count(found[2])
    return None


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Corrupt(f"{shown(value)} stands where torch has a number")
    return value


def _counts(value: object) -> tuple[int, ...]:
    sizes = value.given[0] if isinstance(value, Made) and value.given else value
    if not isinstance(sizes, (tuple, list)):
        raise Corrupt(f"{shown(value)} stands where torch has a shape")
    return tuple(map(_count, sizes))


def view_of(value: object, where: str) -> View | None:
    """The tensor that a call rebuilds, None where it rebuilds none."""
    if not isinstance(value, Made):
        return None
    if value.calls(*(_PREFIX + name for name in _WRAPPERS)) and value.given:
        return view_of(value.given[0], where)
    if value.calls("torch.nn.parameter.Parameter") and value.given:
        return view_of(value.given[0], where)
    if not value.calls(*(_PREFIX + name for name in _VIEWS)) or len(value.given) < 4:
        return None
    held = stored(value.given[0], where)
    dtype = held.dtype
    if value.calls(_PREFIX + "_rebuild_tensor_v3") and len(value.given) > 6:
        dtype = _dtype(value.given[6]) or dtype
    _check_plain(value.given[6:], where)
    return View(held, dtype, _count(value.given[1]), _counts(value.given[2]), _counts(value.given[3]))


def _check_plain(more: tuple[object, ...], where: str) -> None:
    """Raise Unknown for a view whose values are not those stored: torch keeps `conj()` and negation as a mark."""
    marks = {key for told in more if isinstance(told, Pairs) for key, value in told.pairs if value is True}
    if marks & {"conj", "neg"}:
        raise Unknown("a tensor is a conjugated or negated view", where=where, advice="Save it after resolve_conj().")


def _dtype(value: object) -> str | None:
    return DTYPES.get(value.name) if isinstance(value, Name) and value.module == "torch" else None


@dataclass(slots=True)
class Found:
    """What a pickle of torch holds, gathered: the tensors with their storages, and what is no tensor."""

    gathering: Gathering
    order: str = "little"
    values: list[Value] = field(default_factory=list)

    def take(self, tree: object, place: Callable[[Stored], int]) -> None:
        """Every tensor and value of the tree; `place` gives the index of a storage."""
        for path, leaf in leaves(tree, self.leaf):
            if isinstance(leaf, View):
                self.view(path, leaf, place)
            elif isinstance(leaf, Stored):
                self.view(path, View(leaf, leaf.dtype, 0, (leaf.elements,), (1,)), place)
            elif path:
                self.values.append(plain_value(path, leaf))

    def leaf(self, value: object) -> View | Stored | None:
        """The tensor or storage that a stand-in is."""
        if isinstance(value, Persistent):
            return stored(value, self.gathering.where)
        return view_of(value, self.gathering.where)

    def view(self, path: Path, view: View, place: Callable[[Stored], int]) -> None:
        """One tensor."""
        name = dotted(path) or "tensor"
        size = bytes_of(view.dtype, view.shape, f"{self.gathering.where}, {name}")
        offset = view.offset * BITS[view.dtype] // 8
        if view.stored.view:
            offset += view.stored.view[0] * BITS[view.stored.dtype] // 8
        if len(view.strides) != len(view.shape):
            raise Corrupt(f"the tensor {name!r} has {len(view.shape)} axes and {len(view.strides)} strides")
        index = place(view.stored)
        self.gathering.add(Tensor(name, view.dtype, view.shape, size, index, offset, view.strides, self.order, path))
