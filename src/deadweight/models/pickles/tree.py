"""What lies in the dictionaries, lists and objects of a walked pickle, each with the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from deadweight.core.tensor import Step, Value
from deadweight.models.pickles.opcodes import Blob
from deadweight.models.pickles.shown import shown
from deadweight.models.pickles.values import Items, Made, Name, Pairs, Persistent

DEEPEST = 100
MOST_LEAVES = 5_000_000

Path = tuple[Step, ...]


def leaves(value: object, leaf: Callable[[object], object | None]) -> Iterator[tuple[Path, object]]:
    """Every value that holds no others, with its path, in the order stored; `leaf` makes one of what holds some.

    What lies in itself, or deeper than `DEEPEST`, is passed over; so is what was given already under another path once
    `MOST_LEAVES` were given (a pickle may name one list a billion times over).
    """
    waiting: list[tuple[Path, object, frozenset[int]]] = [((), value, frozenset())]
    given = 0
    while waiting:
        path, here, above = waiting.pop()
        made = leaf(here)
        inside = _inside(here) if made is None else None
        if inside is None:
            given += 1
            yield path, here if made is None else made
        elif id(here) not in above and len(path) < DEEPEST and given < MOST_LEAVES:
            around = above | {id(here)}
            found = [((*path, step) if step != "" else path, one, around) for step, one in inside]
            waiting.extend(reversed(found))


def _inside(value: object) -> Iterable[tuple[Step, object]] | None:
    """What a value holds, by key or index; None where it holds nothing."""
    if isinstance(value, Pairs):
        return [(_step(key), one) for key, one in value.pairs]
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if isinstance(value, Items):
        return list(enumerate(value.items))
    return _inside_object(value) if isinstance(value, Made) else None


def _inside_object(made: Made) -> list[tuple[Step, object]] | None:
    """The state of an object and its items; an object with neither holds its arguments."""
    found: list[tuple[Step, object]] = [
        (_step(key) if key is not None else number, one) for number, (key, one) in enumerate(made.items)
    ]
    if made.calls("collections.OrderedDict", "builtins.dict", "collections.defaultdict"):
        return [*_listed(made), *found]
    if made.state is not None:
        found.append(("", made.state))
    arguments = [(number, one) for number, one in enumerate(made.given) if _is_holder(one)]
    return found or list(arguments) or None


def _listed(made: Made) -> list[tuple[Step, object]]:
    """The pairs that a dictionary is called with, as Python 2 wrote them."""
    pairs = made.given[0] if made.given else ()
    if isinstance(pairs, Pairs):
        return [(_step(key), one) for key, one in pairs.pairs]
    found = pairs if isinstance(pairs, (list, tuple)) else ()
    return [(_step(pair[0]), pair[1]) for pair in found if isinstance(pair, (list, tuple)) and len(pair) == 2]


def _is_holder(value: object) -> bool:
    return isinstance(value, (Made, Pairs, Items, list, tuple))


def _step(key: object) -> Step:
    if isinstance(key, (str, int)):
        return key or str(key)
    return shown(key)


def dotted(path: Path) -> str:
    """The path as the name of a tensor: its steps with dots between."""
    return ".".join(map(str, path))


def plain_value(path: Path, value: object) -> Value:
    """A leaf that is no tensor."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return Value(path, value)
    return Value(path, described(value), is_plain=False)


def described(value: object) -> str:
    """What a value is, in a few words."""
    if isinstance(value, Blob):
        return shown(value) if value.length <= 64 else f"{value.length} bytes"
    if isinstance(value, (Made, Name, Persistent)):
        return shown(value, 1)
    return shown(value)
