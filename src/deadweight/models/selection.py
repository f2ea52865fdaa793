"""Which tensors a stripped file keeps, under which names, and why the others go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import Unknown, UsageError
from deadweight.core.globs import matcher
from deadweight.core.model_report import Dropped
from deadweight.core.tensor import Checkpoint, Step, Tensor, Value, Weighing
from deadweight.models.copies import copies, rearranged
from deadweight.models.leftovers import leftover, leftover_value


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for: globs of tensors that stay whatever is found, and of those that go.

    With `in_place` a program that loads the file finds all that stays where it was: names, counters, copies.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A tensor that stays: `path` are the keys in the result, `name` the same with dots."""

    checkpoint: Checkpoint
    tensor: Tensor
    path: tuple[Step, ...]

    @property
    def name(self) -> str:
        """Its name in the result."""
        return ".".join(map(str, self.path))


@dataclass(slots=True)
class Selection:
    """What stays and what goes; `shared` gives for a tensor the one that holds its bytes, which stays too.

    `orders` says by the path of such a tensor which quarters of the other it is, where they stand in another order.
    """

    kept: list[Kept] = field(default_factory=list)
    shared: list[tuple[Kept, Kept]] = field(default_factory=list)
    orders: dict[tuple[Step, ...], tuple[int, ...]] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    prefix: tuple[Step, ...] = ()


def select(weighing: Weighing, wish: Wish) -> Selection:
    """Decide; raises UsageError where nothing would be left or a glob matches nothing, Unknown for unreadable bytes."""
    _check_globs(weighing.checkpoints, wish)
    found = Selection()
    several = len(weighing.checkpoints) > 1
    staying: dict[int, Kept] = {}
    for checkpoint in weighing.checkpoints:
        for tensor, why in _decided(checkpoint, wish):
            if why:
                found.dropped.append(Dropped(checkpoint.location, tensor.name, why, tensor.size))
            else:
                path = tensor.path or (tensor.name,)
                top = (_top(checkpoint, weighing.checkpoints),) if several else ()
                staying[id(tensor)] = Kept(checkpoint, tensor, (*top, *path))
        found.values.extend(_values(checkpoint, found, wish) if not several else ())
    if not staying:
        raise UsageError("nothing would be left", advice="--keep '*' keeps every tensor.")
    if wish.in_place:
        found.kept.extend(staying.values())
        return found
    _share(weighing, staying, found)
    return found if several else _unwrapped(found)


def _check_globs(checkpoints: Sequence[Checkpoint], wish: Wish) -> None:
    names = [tensor.name for checkpoint in checkpoints for tensor in checkpoint.tensors]
    for glob in (*wish.keep, *wish.drop):
        match = matcher((glob,))
        if not any(map(match, names)):
            raise UsageError(f"{glob!r} matches no tensor", advice="deadweight model weigh --json lists their names.")


def _decided(checkpoint: Checkpoint, wish: Wish) -> Iterator[tuple[Tensor, str]]:
    """Each tensor, and why it goes; nothing for one that stays."""
    keeps, drops = matcher(wish.keep), matcher(wish.drop)
    unread = set(checkpoint.unread)
    for index, tensor in enumerate(checkpoint.tensors):
        if keeps(tensor.name):
            yield tensor, ""
        elif drops(tensor.name):
            yield tensor, "as you asked"
        elif index in unread:
            yield tensor, "is read by nothing in the graph"
        else:
            yield tensor, leftover(tensor.path)


def _values(checkpoint: Checkpoint, found: Selection, wish: Wish) -> Iterator[Value]:
    """Values that stay; those that go are told."""
    judge = leftover if wish.in_place else leftover_value
    for value in checkpoint.values:
        why = judge(value.path) or ("" if value.is_plain else "is an object, and loading one runs code")
        if why:
            found.dropped.append(Dropped(checkpoint.location, ".".join(map(str, value.path)), why, 0))
        else:
            yield value


def _top(checkpoint: Checkpoint, all_of_them: Sequence[Checkpoint]) -> str:
    """The first step of the names of a checkpoint among several: its path below what they have in common."""
    folders = [Path(one.location).parent.parts for one in all_of_them]
    common = 0
    while all(len(parts) > common and parts[common] == folders[0][common] for parts in folders):
        common += 1
    return "/".join(Path(checkpoint.location).parts[common:])


def _share(weighing: Weighing, staying: dict[int, Kept], found: Selection) -> None:
    """Tensors with the elements of one that stays are there once; among several files whatever their shapes are."""
    several = len(weighing.checkpoints) > 1
    first_of = {id(copy.tensor): copy.first[1] for copy in copies(weighing)}
    turned = {id(copy.tensor): copy for copy in rearranged(weighing)} if several else {}
    holders: dict[int, Kept] = {}
    for key, kept in staying.items():
        first, copy = first_of.get(key, kept.tensor), turned.get(key)
        if copy is not None and key not in first_of:
            first = first_of.get(id(copy.first[1]), copy.first[1])
            found.orders[kept.path] = copy.order
        holder = holders.get(id(first))
        if holder is not None and (several or holder.tensor.shape == kept.tensor.shape):
            found.shared.append((kept, holder))
        else:
            found.orders.pop(kept.path, None)
            holders.setdefault(id(kept.tensor if copy else first), kept)
            found.kept.append(kept)


def _unwrapped(found: Selection) -> Selection:
    """Without the keys that lead to every tensor, as `model_state`."""
    paths = [kept.path for kept in found.kept] + [kept.path for kept, _ in found.shared]
    common = 0
    while all(len(path) > common + 1 and path[common] == paths[0][common] for path in paths):
        common += 1
    found.prefix = paths[0][:common]
    return found


def written_name(kept: Kept, prefix: tuple[Step, ...]) -> str:
    """The name in a flat file."""
    return ".".join(map(str, kept.path[len(prefix) :]))


def digest_of(weighing: Weighing, kept: Kept) -> str:
    """The digest of the elements; raises Unknown where they cannot be read."""
    looked = weighing.look(kept.checkpoint, kept.tensor)
    if looked is None:
        raise Unknown(f"the bytes of {kept.name!r} cannot be read", where=kept.checkpoint.location)
    return looked.digest
