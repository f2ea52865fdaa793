"""Two JSON values compared by value, the first difference said in words."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SHOWN = 60
_LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class Leniency:
    """What does not count: numbers within the relative `tolerance`, and what lies at the `ignore` paths.

    With `closeness` neither do lists of numbers whose difference is at most so many times as long as the first of them
    (Euclid): single numbers of a vector may be near zero.

    A path is dotted keys and indexes from the root, `*` for any one of them: `items.*.id`, `0.time`. A leading `$.`
    may be written.
    """

    tolerance: float = 0.0
    ignore: tuple[tuple[str, ...], ...] = ()
    closeness: float = 0.0

    @classmethod
    def of(cls, tolerance: float, ignore: Sequence[str], closeness: float = 0.0) -> Leniency:
        """From paths as they are written."""
        paths = tuple(tuple(path.removeprefix("$.").split(".")) for path in ignore)
        return cls(max(tolerance, closeness), paths, closeness)

    def ignores(self, at: tuple[str | int, ...]) -> bool:
        """Whether the place does not count."""
        words = tuple(map(str, at))
        return any(len(path) == len(words) and all(map(_fits, path, words)) for path in self.ignore)

    def agrees(self, one: float, other: float) -> bool:
        """Whether two numbers count as the same; not-a-number is the same as itself."""
        if one == other:
            return True
        if max(abs(one), abs(other)) > sys.float_info.max:
            return False
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return not math.isinf(one - other) and abs(one - other) <= self.tolerance * max(abs(one), abs(other))

    def are_vectors(self, one: list[object], other: list[object]) -> bool:
        """Whether both are finite numbers, as many, that are compared together."""
        return bool(self.closeness and one and len(one) == len(other)) and all(map(_is_finite, (*one, *other)))


STRICT = Leniency()


def difference(one: object, other: object, leniency: Leniency = STRICT, at: tuple[str | int, ...] = ()) -> str:
    """The first difference in words (`$.vectors[0][3]: 0.12 became 0.13`), empty where there is none that counts."""
    if leniency.ignores(at):
        return ""
    if _is_number(one) and _is_number(other):
        return "" if leniency.agrees(one, other) else _became(at, one, other)  # type: ignore[arg-type]  # numbers
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _of_objects(one, other, leniency, at)
    if isinstance(one, list) and isinstance(other, list):
        return _of_lists(one, other, leniency, at)
    return "" if type(one) is type(other) and one == other else _became(at, one, other)


def _of_objects(
    one: Mapping[str, object], other: Mapping[str, object], lenient: Leniency, at: tuple[str | int, ...]
) -> str:
    for key in (*one, *(key for key in other if key not in one)):
        here = (*at, key)
        if key in one and key in other:
            found = difference(one[key], other[key], lenient, here)
        elif lenient.ignores(here):
            found = ""
        else:
            found = f"{_path(here)} is gone" if key in one else f"{_path(here)} is new: {_shown(other[key])}"
        if found:
            return found
    return ""


def _of_lists(one: list[object], other: list[object], lenient: Leniency, at: tuple[str | int, ...]) -> str:
    if lenient.are_vectors(one, other):
        return _of_vectors(one, other, lenient, at)  # type: ignore[arg-type]  # numbers
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if found := difference(left, right, lenient, (*at, index)):
            return found
    return "" if len(one) == len(other) else f"{_path(at)}: {len(one)} items became {len(other)}"


def _of_vectors(one: list[float], other: list[float], lenient: Leniency, at: tuple[str | int, ...]) -> str:
    far, long = math.dist(one, other), math.hypot(*one)
    if far <= lenient.closeness * long:
        return ""
    return f"{_path(at)}: {len(one)} numbers moved by {far / long if long else math.inf:.3g} of their length"


def _fits(pattern: str, word: str) -> bool:
    return pattern in ("*", word)


def _is_finite(value: object) -> bool:
    """Whether it is a number that can be squared; not-a-number is none."""
    return _is_number(value) and abs(value) <= _LARGEST  # type: ignore[arg-type]  # a number


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _became(at: tuple[str | int, ...], one: object, other: object) -> str:
    return f"{_path(at)}: {_shown(one)} became {_shown(other)}"


def _path(at: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
