"""Which parts of a shared library lead to which, and what is reached from where one enters."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, product

from deadweight.native.cutting.distance_tables import DistanceTables, distance_tables
from deadweight.native.cutting.parts import Part, Parts
from deadweight.native.cutting.references import jumps_shortly, operands, references, references_by, runs_on
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
    section = next(sections, None)
    for part in parts.functions:
        while section is not None and part.start >= section.address + section.size:
            section = next(sections, None)
        if section is not None:
            address = section.address - section.offset
            yield Span(part.start - address, part.end - address, address)


def graph_of(image: Image, parts: Parts) -> Graph:
    """Read all code of the library once."""
    begins, leads = array("L", [0]), array("L")
    places = tuple(spans(image, parts))
    beside = _beside(image.body, parts, places)
    meanings = _Meanings(parts, distance_tables(image, parts.entered))
    pattern = operands(max((one.address + one.size for one in image.layout.sections), default=0))
    for number, place in enumerate(places):
        leads.extend(sorted({*meanings.led_to(image.body, place, pattern), *beside[number]} - {number}))
        begins.append(len(leads))
    for held in parts.held:
        leads.extend(sorted({number for address in held for number in meanings.of(address)}))
        begins.append(len(leads))
    return Graph(parts, begins, leads)


@dataclass(frozen=True, slots=True)
class _Meanings:
    """What references to addresses can mean: the numbers of parts, worked out once for each address."""

    parts: Parts
    tables: DistanceTables
    known: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, address: int) -> tuple[int, ...]:
        """The parts that are meant, and those that a table at the address leads to."""
        found = self.known.get(address)
        if found is None:
            found = self.known[address] = (*self.parts.meant(address), *self.tables.at(address))
        return found

    def led_to(self, body: bytes, place: Span, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """What a function leads to by its code, but for itself: most of what code refers to."""
        first, last = place.start + place.address, place.end + place.address
        for _, to in references_by(pattern, body, (place.start, place.end), place.address):
            if not first <= to < last:
                yield from self.of(to)


def _beside(body: bytes, parts: Parts, places: Sequence[Span]) -> dict[int, set[int]]:
    """What functions lead to by where they stand and by their names.

    One runs into the next where its symbol says so or says nothing, or where its last bytes end nothing; a jump of one
    byte reaches neighbours; code that is seldom run is laid elsewhere, and entered in its middle, as is what assemblers
    write.
    """
    beside: dict[int, set[int]] = defaultdict(set)
    for one, other in (*_overlapping(parts.functions), *_families(parts.functions)):
        beside[one].add(other)
        beside[other].add(one)
    further = (_running_on(body, parts.functions, places), _jumping_shortly(body, parts, places))
    for one, other in chain(*further, _entering_middles(body, parts, places)):
        beside[one].add(other)
    return beside


def _covered(functions: Iterable[Part]) -> Iterator[int]:
    """Up to which address a symbol covers each function: its own, or that of one before it."""
    reach = 0
    for part in functions:
        reach = max(reach, part.start + part.size)
        yield reach


def _overlapping(functions: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Neighbours of which one reaches into the other by its symbol, or of which nothing says where it ends."""
    for number, ((part, following), covered) in enumerate(zip(pairwise(functions), _covered(functions), strict=False)):
        if following.start == part.end and not part.start < covered <= part.end:
            yield number, number + 1


def _running_on(body: bytes, functions: Sequence[Part], places: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Functions and those that follow, where what the symbol covers does not end in something that leaves it."""
    for number, ((part, following), covered) in enumerate(zip(pairwise(functions), _covered(functions), strict=False)):
        meets = following.start == part.end and part.start < covered <= part.end
        if meets and runs_on(body, covered - places[number].address):
            yield number, number + 1


def _jumping_shortly(body: bytes, parts: Parts, places: Sequence[Span]) -> Iterator[tuple[int, int]]:
    entries = ((part.start, part.start + 1, number) for number, part in enumerate(parts.functions))
    for first, last, to in (*entries, *((one.start, one.end, one.function) for one in parts.unnamed)):
        for number in _near(parts.functions, (first, last)):
            place = places[number]
            targets = first - place.address, last - place.address
            if number != to and jumps_shortly(body, (place.start, place.end), targets):
                yield number, to


def _entering_middles(body: bytes, parts: Parts, places: Sequence[Span]) -> Iterator[tuple[int, int]]:
    for number in parts.bare:
        place = places[number]
        for _, to in references(body, place.start, place.address, place.end):
            entered = parts.bare_at(to)
            if entered is not None and entered != number:
                yield number, entered


def _near(functions: Sequence[Part], targets: tuple[int, int]) -> Iterator[int]:
    """The functions that have code near enough to these addresses for a jump of one byte."""
    first = max(0, bisect_right(functions, targets[0] - _NEAR, key=lambda one: one.start) - 1)
    for near in range(first, len(functions)):
        if functions[near].start > targets[1] + _NEAR:
            return
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
