"""What x86-64 code can refer to, without taking it apart: every displacement at every offset.

All operands that are relative to the instruction pointer have four bytes, and what stands before them is known: the
opcode of a call or a jump, or a byte that says so of a memory operand. Each place where such a byte stands is taken
for one, wherever instructions begin, so that no reference is missed and a few are found that are none. Source: Intel
64 and IA-32 Architectures Software Developer's Manual, volume 2, 2.2.1.6 and appendix B.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_FORM, _RELATIVE = 0xC7, 0x05
_MEMORY = bytes(byte for byte in range(256) if byte & _FORM == _RELATIVE)
_SHORT = frozenset((*range(0x70, 0x80), *range(0xE0, 0xE4), 0xEB))
_REACH = 129
_TWO_BYTES = 0x0F
_WITH_OPERAND = frozenset(
    (
        *(first + place for first in range(0x00, 0x40, 8) for place in range(4)),
        *(0x63, 0x69, 0x6B, 0x80, 0x81, 0x83),
        *range(0x84, 0x90),
        *(0xC0, 0xC1, 0xC6, 0xC7),
        *range(0xD0, 0xD4),
        *range(0xD8, 0xE0),
        *(0xF6, 0xF7, 0xFE, 0xFF),
    )
)
"""Opcodes of one byte with an operand in memory, in 64-bit mode (appendix A, tables A-2 and A-6)."""
_FOUR = struct.Struct("<i")
_LEAVES = re.compile(
    rb"""(?:
    \xc3 | \xc2.. | \xf4 | \xcc | \x0f\x0b        # returns and traps
    | [\xe8\xe9].{4} | \xeb.                       # a call, a jump
    | \xff[\xd0-\xd7\xe0-\xe7]                     # the same through a register, and through memory
    | \xff[\x10-\x17\x20-\x27] | \xff[\x15\x25].{4} | \xff[\x14\x24].(?:.{4})?
    | \xff[\x50-\x57\x60-\x67]. | \xff[\x54\x64]..
    | \xff[\x90-\x97\xa0-\xa7].{4} | \xff[\x94\xa4].{5}
    )\Z""",
    re.DOTALL | re.VERBOSE,
)
_LONGEST = 7


def names_memory(code: bytes, at: int) -> bool:
    """Whether the displacement at the offset can be one of a memory operand, by the bytes before it.

    Before the byte that says so stands an opcode that has such an operand: one of a byte, or any behind what says
    that more bytes are to come (0F, VEX, EVEX, XOP).
    """
    opcode = code[at - 2]
    escaped = code[at - 3] == _TWO_BYTES or (code[at - 4] == _TWO_BYTES and code[at - 3] in (0x38, 0x3A))
    prefixed = code[at - 4] == 0xC5 or code[at - 5] in (0xC4, 0x8F) or code[at - 6] == 0x62
    return code[at - 1] & _FORM == _RELATIVE and (opcode in _WITH_OPERAND or escaped or prefixed)


def operands(reach: int) -> re.Pattern[bytes]:
    """A pattern that finds what stands before each displacement of no more than so many bytes, in either direction.

    Of a library of 25 MB a displacement begins, in memory at its end, with one of four bytes.
    """
    highest = min(reach >> 24, 0x7F)
    last = b"[\\x00-\\x%02x\\x%02x-\\xff]" % (highest, 0xFF - highest)
    before = b"\\xe8\\xe9" + re.escape(_MEMORY)
    pattern = b"[" + before + b"\\x0f](?=(?<!\\x0f)..." + last + b"|(?<=\\x0f)[\\x80-\\x8f]..." + last + b")"
    return re.compile(pattern, re.DOTALL)


_ALL = operands(1 << 31)


def references(code: bytes, start: int, address: int, end: int) -> Iterator[tuple[int, int]]:
    """The offset in the code and the address referred to of each displacement between two offsets.

    `address` is that of the code's first byte. What a memory operand refers to can lie up to four bytes further on,
    where an immediate follows.
    """
    return references_by(_ALL, code, (start, end), address)


def references_by(
    pattern: re.Pattern[bytes], code: bytes, span: tuple[int, int], address: int
) -> Iterator[tuple[int, int]]:
    """As `references`, of the displacements that one of `operands` finds."""
    unpacked, behind = _FOUR.unpack_from, address + _FOUR.size
    for found in pattern.finditer(code, *span):
        at = found.end()
        if code[at - 1] == _TWO_BYTES:
            at += 1
        yield at, behind + at + unpacked(code, at)[0]


def jumps_shortly(code: bytes, span: tuple[int, int], targets: tuple[int, int]) -> bool:
    """Whether a jump of one byte in the span of offsets can lead to one of the offsets, which are outside of it."""
    start, end = max(span[0], targets[0] - _REACH), min(span[1], targets[1] + _REACH) - 1
    jumps = (at for at in range(start, end) if code[at] in _SHORT)
    return any(targets[0] <= at + 2 + (code[at + 1] ^ 0x80) - 0x80 < targets[1] for at in jumps)


def runs_on(code: bytes, end: int) -> bool:
    """Whether code that ends before the offset can run into what follows: its last bytes are no jump, call or return.

    A call stands last where it does not come back.
    """
    return not _LEAVES.search(code, max(0, end - _LONGEST), end)


def distances(table: bytes | memoryview, address: int) -> Iterator[int]:
    """The addresses that a table of distances from its own beginning can hold; what reads them says where they end."""
    return (address + distance for (distance,) in _FOUR.iter_unpack(table[: len(table) // 4 * 4]))
