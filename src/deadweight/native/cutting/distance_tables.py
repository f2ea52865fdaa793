"""Tables of distances from their own beginning, in data that is not written.

Compilers write them for jumps within one function, where they lead to no function's first byte, and LLVM writes them
for tables of functions. Source: LLVM, RelLookupTableConverter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.native.cutting.references import distances
from deadweight.native.elf import Section
from deadweight.native.tables import Image

_CONTENT, _WRITTEN_OR_CODE = 1, 0x5
_OF_UNWINDER = (".eh_frame", ".gcc_except_table")
_LONGEST = 1 << 14


@dataclass(frozen=True, slots=True)
class DistanceTables:
    """The data that can hold tables, the first address of code and the one behind it, and functions by address."""

    data: tuple[tuple[Section, memoryview], ...]
    code: tuple[int, int]
    entered: Mapping[int, int]

    def at(self, address: int) -> Iterator[int]:
        """The functions that a table at the address leads to; it ends with the first distance that leads to no code."""
        for section, body in self.data:
            offset = address - section.address
            if not 0 <= offset < section.size:
                continue
            for to in distances(body[offset : offset + _LONGEST], address):
                if not self.code[0] <= to < self.code[1]:
                    return
                if to in self.entered:
                    yield self.entered[to]


def distance_tables(image: Image, entered: Mapping[int, int]) -> DistanceTables:
    """What of the library can hold such tables; `entered` are the numbers of functions by their address."""
    stored = (one for one in image.layout.sections if one.is_allocated and one.is_stored and one.type == _CONTENT)
    sections = (one for one in stored if not one.flags & _WRITTEN_OR_CODE and not one.name.startswith(_OF_UNWINDER))
    data = tuple((one, memoryview(image.bytes_of(one))) for one in sections)
    ends = (image.code[0].address, image.code[-1].address + image.code[-1].size) if image.code else (0, 0)
    return DistanceTables(data, ends, entered)
