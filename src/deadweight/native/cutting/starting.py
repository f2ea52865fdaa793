"""What of a shared library is run without being asked for by name: by the loader, the unwinder, and by sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deadweight.native.cutting.references import references
from deadweight.native.elf import Section
from deadweight.native.tables import Image

START_UP = frozenset((".init", ".fini"))
_INIT, _FINI = 12, 13
_ARRAYS = frozenset((14, 15, 16))
_GATHERED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_UNWINDER = "DW.ref."


def run_at_start(image: Image) -> Iterator[int]:
    """The addresses that the loader calls, and all that its own sections of code refer to."""
    yield from (value for tag, value in image.tags if tag in (_INIT, _FINI))
    for section in image.code:
        if section.name in START_UP:
            code = image.bytes_of(section)
            yield section.address
            yield from (to for _, to in references(code, 0, section.address, len(code)))


def read_whole(image: Image) -> tuple[Section, ...]:
    """The sections whose addresses count whatever refers to them.

    Those are lists of what the loader calls, and sections with a name of C: the linker gives code names for their
    beginning and their end (`__start_…`), and it reads them from one to the other.
    """
    allocated = (one for one in image.layout.sections if one.is_allocated)
    return tuple(one for one in allocated if one.type in _ARRAYS or _GATHERED.fullmatch(one.name))


def is_for_the_unwinder(names: Iterable[str]) -> bool:
    """Whether an object of these names is referred to by tables of unwinding, and by no code."""
    return any(name.startswith(_OF_UNWINDER) for name in names)
