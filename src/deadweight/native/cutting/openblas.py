"""OpenBLAS: the kernels that it holds for kinds of processors, and what of a library nothing asks for.

A build for many processors (DYNAMIC_ARCH) has a table of addresses for each kind of which it holds kernels, and takes
one when it is loaded. Where a kind goes, the instructions that take its table take that of another one, as they do in a
build with a shorter list: no processor is left without kernels that the ones it had before are not newer than.
Source: OpenBLAS, driver/others/dynamic.c (DYNAMIC_LIST), kernel/setparam-ref.c.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.native.cutting.hollow import joined
from deadweight.native.cutting.parting import parts_of
from deadweight.native.cutting.parts import Part, Parts
from deadweight.native.cutting.reach import Graph, graph_of, spans
from deadweight.native.cutting.references import names_memory, references
from deadweight.native.cutting.unwinding import Unwinding, unwinding
from deadweight.native.tables import Image

_TABLE = re.compile(r"gotoblas_([A-Z][A-Z0-9]*)")
_ASKED_BY_NAME = re.compile(r"(.*_)?(openblas|gotoblas|goto|blas)_.*")
MARK = "openblas_get_config"
"""What stands in a name that every build of OpenBLAS exports, whatever is put before and after its names."""
_NAMING = "corename"
_WIDE, _LOAD, _ADDRESS, _COMPARISON = frozenset((0x48, 0x4C)), 0x8B, 0x8D, 0x3B
_FOUR = struct.Struct("<i")
_FURTHEST = 1 << 31

LEVELS = ("x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4")
"""What processors can do, each all that those before it can (System V ABI for x86-64, "Micro-Architecture Levels")."""
_KERNELS = (
    *(("PRESCOTT", 0), ("ATOM", 0), ("CORE2", 0), ("PENRYN", 0), ("DUNNINGTON", 0), ("NEHALEM", 1)),
    *(("SANDYBRIDGE", 1), ("HASWELL", 2), ("ZEN", 2), ("SKYLAKEX", 3), ("COOPERLAKE", 4), ("SAPPHIRERAPIDS", 4)),
)
"""Each kind, in the order of what it asks of a processor, and the level from which every processor has all of that.

SANDYBRIDGE has AVX, which level 2 has not: it is chosen for none. Kinds of AMD that are not there (BULLDOZER) use
instructions that no level has.
"""
_BY_LEVEL = ("PRESCOTT", "NEHALEM", "HASWELL", "SKYLAKEX")


@dataclass(frozen=True, slots=True)
class Use:
    """An instruction that uses a table of kernels: its function's number, where its displacement stands, what it means.

    `takes` is whether it loads the table's address, from the code or from a slot: nothing else can be changed.
    """

    function: int
    address: int
    to: int
    takes: bool


@dataclass(frozen=True, slots=True)
class Build:
    """One build of OpenBLAS: what leads to what, its tables of kernels by kind, and what uses them."""

    graph: Graph
    tables: Mapping[str, int]
    uses: tuple[Use, ...]
    unwinding: Unwinding


@dataclass(frozen=True, slots=True)
class Unreached:
    """What goes of a build: stretches of addresses, sorted, of functions and their entries of the unwinding table.

    `functions` are how many, `names` those that are exported; `kernels` are the kinds that stay, `gone` those that go.
    `patches` are displacements of instructions by their address: of those that took the table of a kind that goes.
    """

    stretches: tuple[tuple[int, int], ...]
    functions: int
    names: frozenset[str]
    kernels: tuple[str, ...]
    gone: tuple[str, ...]
    patches: Mapping[int, bytes]


def build_of(image: Image) -> Build:
    """Read the build once; raises Corrupt with the reason where it can't be taken apart."""
    table = unwinding(image)
    parts = parts_of(image, table.functions)
    if not any(MARK in name for name in parts.exported):
        raise Corrupt("it is no build of OpenBLAS")
    graph = graph_of(image, parts)
    tables = _tables(parts)
    return Build(graph, tables, tuple(_uses(image, graph, tables)), table)


def unreached(build: Build, imported: frozenset[str], levels: Iterable[str]) -> Unreached:
    """What no import and no kernel for processors of these levels leads to; kernels stay where no level is named.

    A kind of kernels that is used in another way than by taking its table stays, too. Raises Corrupt with the reason
    where the build chooses its kernels in a way that is not known.
    """
    return _without(build, imported, _entered(build.graph.parts, imported), _kept(build.tables, levels))


def _without(build: Build, imported: frozenset[str], entered: list[int], kept: frozenset[str]) -> Unreached:
    graph, parts, tables = build.graph, build.graph.parts, build.tables
    gone = {name: number for name, number in tables.items() if name not in kept}
    reached = graph.reached(entered, frozenset(gone.values()))
    if used := frozenset(name for name in gone if _is_used_otherwise(build, reached, imported, gone[name])):
        return _without(build, imported, entered, kept | used)
    going = [part for number, part in enumerate(parts.functions) if number not in reached]
    starts = {part.start for part in going}
    functions = tuple(joined((part.start, part.end) for part in going))
    swaps = tuple((parts[number], parts[tables[_instead(name, kept)]]) for name, number in gone.items())
    return Unreached(
        tuple(sorted((*functions, *build.unwinding.of(functions)))),
        len(going),
        frozenset(name for name, to in parts.exported.items() if to in starts),
        tuple(name.lower() for name in tables if name in kept),
        tuple(name.lower() for name in gone),
        dict(_patches(build, reached, swaps)) if gone else {},
    )


def _entered(parts: Parts, imported: frozenset[str]) -> list[int]:
    """The addresses where others enter; raises Corrupt where none does: who uses the library is out of sight then.

    An object that is exported counts: a program has a copy of it under the same name.
    """
    entered = [to for name, to in parts.exported.items() if name in imported and not _is_asked_by_name(name)]
    if not entered:
        raise Corrupt("nothing here imports a routine of it: who uses it is not known")
    objects = [to for name, to in parts.exported.items() if to not in parts.entered and not _TABLE.fullmatch(name)]
    return [*entered, *objects, *(to for name, to in parts.exported.items() if _is_asked_by_name(name))]


def _tables(parts: Parts) -> Mapping[str, int]:
    """The number of the table of each kind of kernels, by its name, in the order of what kinds ask of a processor."""
    found: dict[str, int] = {}
    for number in range(len(parts.functions), len(parts)):
        for name in parts[number].names:
            if match := _TABLE.fullmatch(name):
                found[match[1]] = number
    order = {name: place for place, (name, _) in enumerate(_KERNELS)}
    return dict(sorted(found.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


def _kept(tables: Mapping[str, int], levels: Iterable[str]) -> frozenset[str]:
    """The kinds that stay: for each level the highest that all its processors have; all where that leaves none."""
    wanted = [_best(tables, LEVELS.index(level)) for level in levels]
    kept = frozenset(name for name in wanted if name)
    return kept if kept and len(kept) == len(set(wanted)) else frozenset(tables)


def _best(tables: Mapping[str, int], level: int) -> str:
    return next((name for name in reversed(_BY_LEVEL[: level + 1]) if name in tables), "")


def _instead(name: str, kept: frozenset[str]) -> str:
    """What is taken for the kind: the highest that stays of those that ask no more, else the lowest that stays."""
    order = [kind for kind, _ in _KERNELS]
    below = order[: order.index(name)] if name in order else []
    staying = [kind for kind in order if kind in kept]
    return next((kind for kind in reversed(below) if kind in kept), staying[0])


def _is_asked_by_name(name: str) -> bool:
    """Whether programs look the exported name up by dlsym: settings and threads (threadpoolctl), not routines."""
    return bool(_ASKED_BY_NAME.fullmatch(name)) and not _TABLE.fullmatch(name)


def _uses(image: Image, graph: Graph, tables: Mapping[str, int]) -> Iterator[Use]:
    """Every use of a table by a function that leads to one, but for those that only compare its address for a name.

    They compare what was chosen, which is never a table that goes.
    """
    parts, numbers = graph.parts, frozenset(tables.values())
    slots = {held: slot for slot, held in parts.slots.items()}
    held = [parts[number] for number in numbers]
    places = {slots[one.start] for one in held if one.start in slots}
    for number, place in enumerate(spans(image, parts)):
        if numbers.isdisjoint(graph.led(number)) or any(_NAMING in name for name in parts[number].names):
            continue
        for at, to in references(image.body, place.start, place.address, place.end):
            inside = any(one.start <= to < one.end for one in held)
            compares = to in places and _has(image.body, at, _COMPARISON)
            if (inside or to in places) and names_memory(image.body, at) and not compares:
                takes = _has(image.body, at, _LOAD if to in places else _ADDRESS)
                yield Use(number, place.address + at, to, takes)


def _has(code: bytes, at: int, opcode: int) -> bool:
    """Whether the displacement is one of this instruction with a register of eight bytes."""
    return code[at - 3] in _WIDE and code[at - 2] == opcode


def _is_used_otherwise(build: Build, reached: frozenset[int], imported: frozenset[str], number: int) -> bool:
    """Whether a table is used by what stays in another way than by taking its address where kernels are chosen."""
    parts = build.graph.parts
    table = parts[number]
    places = {slot for slot, held in parts.slots.items() if held == table.start}
    if table.start in parts.loose or not imported.isdisjoint(table.names):
        return True
    if any(not parts.is_function(one) and table.start in parts.held_by(one) for one in reached):
        return True
    uses = (one for one in build.uses if one.function in reached and not one.takes)
    return any(table.start <= one.to < table.end or one.to in places for one in uses)


def _patches(
    build: Build, reached: frozenset[int], swaps: tuple[tuple[Part, Part], ...]
) -> Iterator[tuple[int, bytes]]:
    """The displacements to write for tables that go, each with what is taken instead, by their address."""
    slots = {held: slot for slot, held in build.graph.parts.slots.items()}
    taken = {gone.start: instead.start for gone, instead in swaps}
    taken |= {slots[gone]: slots.get(instead, 0) for gone, instead in taken.items() if gone in slots}
    uses = [one for one in build.uses if one.function in reached and one.to in taken]
    for one in uses:
        distance = taken[one.to] - one.address - _FOUR.size
        if not taken[one.to] or abs(distance) >= _FURTHEST:
            raise Corrupt(f"what stands at {one.address:#x} can't take other kernels")
        yield one.address, _FOUR.pack(distance)
    if not uses:
        raise Corrupt("nothing is found that chooses its kernels")
