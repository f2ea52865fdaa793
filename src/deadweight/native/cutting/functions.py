"""The functions of a shared library, by its symbols and its unwinding table, and code in them that nothing names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from deadweight.native.cutting.parts import Part, Unnamed
from deadweight.native.cutting.starting import START_UP
from deadweight.native.elf import Section
from deadweight.native.tables import FUNCTION, INDIRECT_FUNCTION, UNTYPED, Image, Symbol

NAMED_KINDS = frozenset((UNTYPED, FUNCTION, INDIRECT_FUNCTION))
"""Symbols of no type, of a function, and of one that says which function to take."""
LINKING = re.compile(r"\.plt(\..+)?")
"""The names of sections of the linker's stubs."""
_PADDING = re.compile(
    rb"(?:[\x00\x2e\x66\x90\xcc]|\x0f\x1f(?:\x00|\x40.|\x44..|\x80....|\x84.....)|\x48?\x8d(?:[\x76\x7f].|[\xb6\xbf]....))*",
    re.DOTALL,
)


def functions_of(image: Image, symbols: Iterable[Symbol], begun: Iterable[int]) -> tuple[Part, ...]:
    """One for each address in the code that a symbol names or that is `begun`; code before the first is one, too."""
    names: dict[int, set[str]] = defaultdict(set)
    sizes: dict[int, int] = dict.fromkeys(begun, 0)
    for one in symbols:
        if one.kind in NAMED_KINDS and one.is_defined and one.name:
            names[one.value].add(one.name)
            sizes[one.value] = max(sizes.get(one.value, 0), one.size)
    return tuple(part for section in _compiled(image) for part in _within(section, names, sizes))


def _compiled(image: Image) -> Iterator[Section]:
    """The code that is neither the linker's own nor run by the loader."""
    return (one for one in image.code if not LINKING.fullmatch(one.name) and one.name not in START_UP)


def _within(section: Section, names: Mapping[int, set[str]], sizes: Mapping[int, int]) -> Iterator[Part]:
    end = section.address + section.size
    starts = sorted({section.address, *(address for address in sizes if section.address <= address < end)})
    for start, following in pairwise((*starts, end)):
        yield Part(tuple(sorted(names.get(start, ()))), start, following, sizes.get(start, 0))


def unnamed(image: Image, functions: Iterable[Part]) -> Iterator[Unnamed]:
    """Code of functions that no symbol covers, but for what fills up between them: it may be entered anywhere."""
    sections = _compiled(image)
    section, reach = next(sections, None), 0
    for number, part in enumerate(functions):
        while section is not None and part.start >= section.address + section.size:
            section = next(sections, None)
        reach = max(reach, part.start + part.size)
        if section is not None and reach < part.end:
            start = max(reach, part.start)
            at = start - section.address + section.offset
            if not _PADDING.fullmatch(image.body, at, at + part.end - start):
                yield Unnamed(start, part.end, number)
