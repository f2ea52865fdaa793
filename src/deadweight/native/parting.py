"""Takes a shared library for x86-64 apart into functions and objects, by the linker's own symbol table.

What can't be told apart stays together, and what can't be told at all counts as referred to. A library that was
stripped, or whose relocations are packed, is not taken apart.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from deadweight.core.errors import Corrupt
from deadweight.native.elf import SHARED, Section
from deadweight.native.parts import Part, Parts
from deadweight.native.references import references
from deadweight.native.tables import OBJECT, PACKED_RELOCATIONS, Image, Symbol

NAMED_KINDS = frozenset((0, 2, 10))
"""Symbols of no type, of a function, and of one that says which function to take."""
_LINKING = re.compile(r"\.plt(\..+)?")
_THROUGH_SLOT = re.compile(rb"(\xf3\x0f\x1e\xfa)?(\xf2)?\xff\x25(....)", re.DOTALL)
_FOUR = struct.Struct("<i")
_ABSOLUTE, _SLOT, _JUMP_SLOT, _RELATIVE, _INDIRECT = 1, 6, 7, 8, 37
_START_UP = frozenset((".init", ".fini"))


@dataclass(frozen=True, slots=True)
class _Pointers:
    """What the loader writes where, as addresses in the library: into slots, and into other places."""

    slots: Mapping[int, int]
    others: Mapping[int, int]


def parts_of(image: Image) -> Parts:
    """The parts of the library; raises Corrupt with the reason where it can't be taken apart."""
    _check(image)
    dynamic, local = image.dynamic_symbols, image.local_symbols
    pointers = _pointers(image, dynamic)
    functions = _functions(image, (*local, *dynamic))
    objects = tuple(_objects((*local, *dynamic)))
    held, loose = _held(objects, pointers.others)
    return Parts(
        functions,
        objects,
        tuple(sorted(held)),
        tuple(tuple(held[place]) for place in sorted(held)),
        pointers.slots,
        dict(_stubs(image)),
        {one.name: one.value for one in dynamic if one.is_defined},
        loose | frozenset(_run_at_start(image)),
    )


def _check(image: Image) -> None:
    why = ""
    if not image.is_for_x86_64 or image.layout.type != SHARED:
        why = "it is no shared library for x86-64"
    elif not image.local_symbols:
        why = "it was stripped: nothing says where its functions begin"
    elif any(image.of_type(PACKED_RELOCATIONS)):
        why = "its relocations are packed"
    if why:
        raise Corrupt(why)


def _pointers(image: Image, dynamic: tuple[Symbol, ...]) -> _Pointers:
    slots: dict[int, int] = {}
    others: dict[int, int] = {}
    for one in image.relocations:
        named = dynamic[one.symbol] if one.symbol < len(dynamic) else None
        if one.type in (_RELATIVE, _INDIRECT):
            others[one.place] = one.addend
        elif named is not None and named.is_defined and one.type in (_SLOT, _JUMP_SLOT):
            slots[one.place] = named.value
        elif named is not None and named.is_defined and one.type == _ABSOLUTE:
            others[one.place] = named.value + one.addend
    return _Pointers(slots, others)


def _functions(image: Image, symbols: Iterable[Symbol]) -> tuple[Part, ...]:
    """One for each address in the code that a symbol names; what stands before the first belongs to it."""
    names: dict[int, set[str]] = defaultdict(set)
    sizes: dict[int, int] = defaultdict(int)
    for one in symbols:
        if one.kind in NAMED_KINDS and one.is_defined and one.name:
            names[one.value].add(one.name)
            sizes[one.value] = max(sizes[one.value], one.size)
    return tuple(part for section in _compiled(image) for part in _within(section, names, sizes))


def _within(section: Section, names: Mapping[int, set[str]], sizes: Mapping[int, int]) -> Iterator[Part]:
    end = section.address + section.size
    starts = sorted({section.address, *(address for address in names if section.address <= address < end)})
    for start, following in pairwise((*starts, end)):
        yield Part(tuple(sorted(names.get(start, ()))), start, following, sizes.get(start, 0))


def _compiled(image: Image) -> Iterator[Section]:
    """The code that is neither the linker's own nor run by the loader."""
    return (one for one in image.code if not _LINKING.fullmatch(one.name) and one.name not in _START_UP)


def _objects(symbols: Iterable[Symbol]) -> Iterator[Part]:
    """Objects by address, those of one address as one of the largest size."""
    names: dict[int, set[str]] = defaultdict(set)
    sizes: dict[int, int] = defaultdict(int)
    for one in symbols:
        if one.kind == OBJECT and one.is_defined and one.size:
            names[one.value].add(one.name)
            sizes[one.value] = max(sizes[one.value], one.size)
    return (Part(tuple(sorted(names[at])), at, at + sizes[at], sizes[at]) for at in sorted(names))


def _held(objects: tuple[Part, ...], pointers: Mapping[int, int]) -> tuple[dict[int, list[int]], frozenset[int]]:
    """The addresses that each object holds, by its place, and those that lie in no object."""
    starts = [one.start for one in objects]
    held: dict[int, list[int]] = defaultdict(list)
    loose: set[int] = set()
    for place, address in pointers.items():
        found = bisect_right(starts, place) - 1
        if found >= 0 and place < objects[found].end:
            held[found].append(address)
        else:
            loose.add(address)
    return held, frozenset(loose)


def _stubs(image: Image) -> Iterator[tuple[int, int]]:
    """The address of each of the linker's stubs, and of the slot that it jumps through."""
    for section in image.code:
        if not _LINKING.fullmatch(section.name):
            continue
        for found in _THROUGH_SLOT.finditer(image.bytes_of(section)):
            slot = section.address + found.end() + _FOUR.unpack(found[3])[0]
            yield section.address + found.start(), slot
            yield section.address + found.start(3) - 2, slot


def _run_at_start(image: Image) -> Iterator[int]:
    """What the code refers to that the loader runs."""
    for section in image.code:
        if section.name in _START_UP:
            code = image.bytes_of(section)
            yield section.address
            yield from (to for _, to in references(code, 0, section.address, len(code)))
