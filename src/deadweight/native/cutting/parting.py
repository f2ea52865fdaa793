"""Takes a shared library for x86-64 apart into functions and objects, by the linker's own symbol table.

What can't be told apart stays together, and what can't be told at all counts as referred to. A library in which code
could be reached unseen is not taken apart.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.native.cutting.functions import LINKING, functions_of, unnamed
from deadweight.native.cutting.obstacles import SLOTS, obstacle
from deadweight.native.cutting.parts import Part, Parts
from deadweight.native.cutting.starting import is_for_the_unwinder, read_whole, run_at_start
from deadweight.native.elf import Section
from deadweight.native.tables import OBJECT, THREAD_LOCAL, Image, Symbol

_THROUGH_SLOT = re.compile(rb"(\xf3\x0f\x1e\xfa)?(\xf2)?\xff\x25(....)", re.DOTALL)
_FOUR = struct.Struct("<i")
_ABSOLUTE, _SLOT, _JUMP_SLOT, _RELATIVE, _INDIRECT = 1, 6, 7, 8, 37


@dataclass(frozen=True, slots=True)
class _Pointers:
    """What the loader writes where, as addresses in the library: into slots, and into other places."""

    slots: Mapping[int, int]
    others: Mapping[int, int]


def parts_of(image: Image, begun: Iterable[int]) -> Parts:
    """The parts of the library; raises Corrupt with the reason where it can't be taken apart.

    `begun` are addresses where compiled functions begin by another source than its symbols.
    """
    if why := obstacle(image):
        raise Corrupt(why)
    dynamic, local = image.dynamic_symbols, image.local_symbols
    pointers = _pointers(image, dynamic)
    told = frozenset(begun)
    functions = functions_of(image, (*local, *dynamic), told)
    objects = tuple(_joined(_objects((*local, *dynamic))))
    held, loose = _held(objects, pointers.others, read_whole(image))
    return Parts(
        functions,
        objects,
        tuple(sorted(held)),
        tuple(tuple(held[place]) for place in sorted(held)),
        pointers.slots,
        dict(_stubs(image)),
        {one.name: one.value for one in dynamic if one.is_defined and one.kind != THREAD_LOCAL},
        loose | frozenset(run_at_start(image)),
        tuple(unnamed(image, functions)),
        frozenset(number for number, one in enumerate(functions) if one.start not in told),
    )


def _pointers(image: Image, dynamic: tuple[Symbol, ...]) -> _Pointers:
    slots: dict[int, int] = {}
    others: dict[int, int] = {}
    table = [(one.address, one.address + one.size) for one in image.layout.sections if one.name in SLOTS]
    for one in image.relocations:
        named = dynamic[one.symbol] if one.symbol < len(dynamic) else None
        if one.type == _RELATIVE and any(start <= one.place < end for start, end in table):
            slots[one.place] = one.addend
        elif one.type in (_RELATIVE, _INDIRECT):
            others[one.place] = one.addend
        elif named is not None and named.is_defined and one.type in (_SLOT, _JUMP_SLOT):
            slots[one.place] = named.value
        elif named is not None and named.is_defined and one.type == _ABSOLUTE:
            others[one.place] = named.value + one.addend
    return _Pointers(slots, others)


def _objects(symbols: Iterable[Symbol]) -> Iterator[Part]:
    """Objects by address, those of one address as one of the largest size."""
    names: dict[int, set[str]] = defaultdict(set)
    sizes: dict[int, int] = defaultdict(int)
    for one in symbols:
        if one.kind == OBJECT and one.is_defined and one.size:
            names[one.value].add(one.name)
            sizes[one.value] = max(sizes[one.value], one.size)
    return (Part(tuple(sorted(names[at])), at, at + sizes[at], sizes[at]) for at in sorted(names))


def _joined(objects: Iterable[Part]) -> Iterator[Part]:
    """Objects that lie in each other as one."""
    whole: Part | None = None
    for one in objects:
        if whole is not None and one.start < whole.end:
            end = max(whole.end, one.end)
            whole = Part((*whole.names, *one.names), whole.start, end, end - whole.start)
            continue
        if whole is not None:
            yield whole
        whole = one
    if whole is not None:
        yield whole


def _held(
    objects: tuple[Part, ...], pointers: Mapping[int, int], whole: tuple[Section, ...]
) -> tuple[dict[int, list[int]], frozenset[int]]:
    """The addresses that each object holds, by its place, and those that count whatever refers to them."""
    starts = [one.start for one in objects]
    held: dict[int, list[int]] = defaultdict(list)
    loose: set[int] = set()
    for place, address in pointers.items():
        found = bisect_right(starts, place) - 1
        counts = any(one.address <= place < one.address + one.size for one in whole)
        if counts or found < 0 or place >= objects[found].end or is_for_the_unwinder(objects[found].names):
            loose.add(address)
        else:
            held[found].append(address)
    return held, frozenset(loose)


def _stubs(image: Image) -> Iterator[tuple[int, int]]:
    """The address of each of the linker's stubs, and of the slot that it jumps through."""
    for section in image.code:
        if not LINKING.fullmatch(section.name):
            continue
        for found in _THROUGH_SLOT.finditer(image.bytes_of(section)):
            slot = section.address + found.end() + _FOUR.unpack(found[3])[0]
            yield section.address + found.start(), slot
            yield section.address + found.start(3) - 2, slot
