"""Which parts of a shared library lead to which, and what is reached from where one enters."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from deadweight.native.parts import Part, Parts
from deadweight.native.references import jumps_shortly, references
from deadweight.native.tables import Image

_COLD = ".cold"
_NEAR = 130


@dataclass(frozen=True, slots=True)
class Graph:
    """What each part leads to: the numbers from `begins[part]` to `begins[part + 1]` in `leads`."""

    parts: Parts
    begins: array[int]
    leads: array[int]

    def led(self, number: int) -> array[int]:
        """The numbers of all parts that one leads to."""
        return self.leads[self.begins[number] : self.begins[number + 1]]

    def reached(self, addresses: Iterable[int], without: frozenset[int] = frozenset()) -> frozenset[int]:
        """The numbers of all parts that the addresses and the library itself lead to, past those `without`."""
        found = {number for address in (*addresses, *self.parts.loose) for number in self.parts.meant(address)}
        found -= without
        waiting = list(found)
        while waiting:
            new = set(self.led(waiting.pop())) - found - without
            found |= new
            waiting.extend(new)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part's code stands in the file: the offsets of its first byte and of the first after it.

    An offset and `address` make an address.
    """

    start: int
    end: int
    address: int


def spans(image: Image, parts: Parts) -> Iterator[Span]:
    """Where each function stands, in their order."""
    sections = iter(image.code)
    section = next(sections)
    for part in parts.functions:
        while part.start >= section.address + section.size:
            section = next(sections)
        address = section.address - section.offset
        yield Span(part.start - address, part.end - address, address)


def graph_of(image: Image, parts: Parts) -> Graph:
    """Read all code of the library once."""
    begins, leads = array("L", [0]), array("L")
    places = tuple(spans(image, parts))
    beside = _beside(image.body, parts, places)
    for number, place in enumerate(places):
        leads.extend(sorted({*_led_to(image.body, parts, place), *beside[number]} - {number}))
        begins.append(len(leads))
    for held in parts.held:
        leads.extend(sorted({number for address in held for number in parts.meant(address)}))
        begins.append(len(leads))
    return Graph(parts, begins, leads)


def _led_to(body: bytes, parts: Parts, place: Span) -> Iterator[int]:
    entered, stubs, slots = parts.entered, parts.stubs, parts.slots
    low, high = parts.span
    for _, to in references(body, place.start, place.address, place.end):
        if to in entered or to in stubs or to in slots or low <= to <= high:
            yield from parts.meant(to)


def _beside(body: bytes, parts: Parts, places: Sequence[Span]) -> dict[int, set[int]]:
    """What functions lead to by where they stand and by their names.

    One runs into the next where its symbol says so or says nothing; a jump of one byte reaches neighbours; and code
    that is seldom run is laid elsewhere, and entered in its middle.
    """
    beside: dict[int, set[int]] = defaultdict(set)
    for number, (part, following) in enumerate(pairwise(parts.functions)):
        if following.start == part.end and (not part.size or part.start + part.size > part.end):
            beside[number].add(number + 1)
            beside[number + 1].add(number)
    for number, place in enumerate(places):
        for near in _near(parts.functions, number):
            if jumps_shortly(body, (place.start, place.end), parts.functions[near].start - place.address):
                beside[number].add(near)
    for one, other in _families(parts.functions):
        beside[one].add(other)
        beside[other].add(one)
    return beside


def _near(functions: Sequence[Part], number: int) -> Iterator[int]:
    """The functions that begin near enough to either end for a jump of one byte."""
    part = functions[number]
    first = bisect_left(functions, part.start - _NEAR, key=lambda one: one.start)
    for near in range(first, len(functions)):
        if functions[near].start > part.end + _NEAR:
            return
        if near != number:
            yield near


def _families(functions: Iterable[Part]) -> Iterator[tuple[int, int]]:
    """Functions that are one in the source, by name: `name` and its `name.cold`."""
    named: dict[str, set[int]] = defaultdict(set)
    cold: dict[str, set[int]] = defaultdict(set)
    for number, part in enumerate(functions):
        for name in part.names:
            (cold if _COLD in name else named)[name.partition(_COLD)[0]].add(number)
    for name, apart in cold.items():
        yield from product(apart, named.get(name, ()))
