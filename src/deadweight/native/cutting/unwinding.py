"""Which entries of a library's unwinding table are of functions that go (LSB Core, 10.6: `.eh_frame`).

The unwinder finds an entry by the sorted table beside it, never by walking: what lies between two entries that are
needed is not read.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deadweight.native.tables import Image

TABLE = ".eh_frame"
INDEX = ".eh_frame_hdr"
_HANDED = frozenset(("__register_frame", "__register_frame_info"))
_RELATIVE_FOUR = 0x1B
_TWO = struct.Struct("<II")
_FOUR = struct.Struct("<i")
_LONG, _LAST = 0xFFFFFFFF, bytes(4)
_LAST_ADDRESS = 0xFFFFFFFFFFFFFFFF
_POINTER_SIZES = {0x0: 8, 0x2: 2, 0x3: 4, 0x4: 8, 0xA: 2, 0xB: 4, 0xC: 8}


@dataclass(frozen=True, slots=True)
class Unwinding:
    """The entries of a table by addresses: of the first byte, of the first after it, of the function."""

    begins: array[int]
    ends: array[int]
    functions: array[int]

    def of(self, stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The addresses of each entry that no code outside of these stretches is looked up by; both are sorted.

        The unwinder takes the last entry before an address, and reads there where its function ends: one stays where
        code without an entry that stays follows it.
        """
        following = dict(pairwise(sorted(self.functions)))
        for begin, end, function in zip(self.begins, self.ends, self.functions, strict=True):
            found = bisect_right(stretches, function, key=_first) - 1
            if found >= 0 and following.get(function, _LAST_ADDRESS) <= stretches[found][1]:
                yield begin, end


def unwinding(image: Image) -> Unwinding:
    """The entries of the library's unwinding table.

    None where the table is written in a way that is not known, has no index by which entries are found, or is handed
    to the unwinder by the library itself: it is walked then.
    """
    found = Unwinding(array("Q"), array("Q"), array("Q"))
    sections = {one.name: one for one in image.layout.sections}
    if TABLE not in sections or INDEX not in sections or any(one.name in _HANDED for one in image.dynamic_symbols):
        return found
    address = sections[TABLE].address
    try:
        entries = tuple(_entries(image.bytes_of(sections[TABLE])))
    except (LookupError, struct.error):
        return found
    if any(not 0 <= address + to <= _LAST_ADDRESS for _, _, to in entries):
        return found
    for at, end, to in entries:
        found.begins.append(address + at)
        found.ends.append(address + end)
        found.functions.append(address + to)
    return found


def _first(stretch: tuple[int, int]) -> int:
    return stretch[0]


def _entries(table: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each entry begins and ends and where its function is, as offsets from the table's first byte.

    Raises LookupError or struct.error for what is written in another way than compilers do for x86-64.
    """
    common: set[int] = set()
    at = 0
    while at + _TWO.size <= len(table) and table[at : at + 4] != _LAST:
        length, kind = _TWO.unpack_from(table, at)
        end = at + 4 + length
        if length == _LONG or end > len(table):
            raise LookupError("an entry is longer than the table")
        if kind == 0:
            _check_encoding(table[at + 8 : end])
            common.add(at)
        elif at + 4 - kind not in common:
            raise LookupError("an entry is of no common one")
        else:
            yield at, end, at + 8 + _FOUR.unpack_from(table, at + 8)[0]
        at = end


def _check_encoding(common: bytes) -> None:
    """Raise LookupError where its entries do not say their function by its distance, in four bytes."""
    said = common[1 : common.index(b"\0", 1)].decode("ascii", "replace") if b"\0" in common[1:] else ""
    if common[0] != 1 or not said.startswith("z"):
        raise LookupError("an entry says nothing of how it is written")
    rest = iter(common[len(said) + 2 :])
    for _ in range(2):
        _skip_number(rest)
    next(rest, None)
    _skip_number(rest)
    for letter in said[1:]:
        encoding = next(rest, 0) if letter in "RLP" else 0
        if letter == "R" and encoding == _RELATIVE_FOUR:
            return
        if letter not in "LPSB":
            raise LookupError("an entry is written in a way that is not known")
        for _ in range(_POINTER_SIZES[encoding & 0xF] if letter == "P" else 0):
            next(rest, None)
    raise LookupError("an entry says nothing of how its function is written")


def _skip_number(rest: Iterator[int]) -> None:
    """Go past a number of seven bits a byte."""
    while next(rest, 0) & 0x80:
        pass
