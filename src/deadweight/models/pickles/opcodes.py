"""The opcodes of pickle, protocols 0 to 5, and what follows each (Lib/pickletools.py, PEP 307, 3154, 574)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.models.window import Cursor

SHORT = 1 << 16
"""Bytes up to this length are read; of longer ones only the place is kept."""
_REAL = struct.Struct(">d")

_NOTHING = (
    "0 1 2 ( ) ] } . N R Q a b d e l o p s t u \x81 \x85 \x86 \x87 \x88 \x89 \x8f \x90 \x91 \x92 \x93 \x94 \x97 \x98"
)
_PLAIN = frozenset(word.encode("latin-1") for word in _NOTHING.split(" ") if word != "p")
_NUMBERS = {b"K": 1, b"M": 2, b"h": 1, b"j": 4, b"q": 1, b"r": 4, b"\x80": 1, b"\x82": 1, b"\x83": 2, b"\x84": 4}
_LENGTHS = {b"C": 1, b"B": 4, b"\x8e": 8, b"\x96": 8, b"T": 4}
_TEXTS = {b"\x8c": 1, b"X": 4, b"\x8d": 8}
_LONGS = {b"\x8a": 1, b"\x8b": 4}
_LINES = frozenset((b"F", b"I", b"L", b"S", b"V", b"P", b"g", b"p"))
_TWO_LINES = frozenset((b"c", b"i"))


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes within a pickle: `length` bytes from `offset` on, in the file that was walked; short ones as `body` too."""

    offset: int
    length: int
    body: bytes = b""


Argument = int | float | str | Blob | tuple[str, str] | None


def opcodes(cursor: Cursor) -> Iterator[tuple[bytes, Argument, int]]:
    """Each opcode with its argument and its offset, up to and with STOP; raises Corrupt for what is no pickle."""
    while True:
        place = cursor.at
        code = cursor.take(1)
        yield code, _argument(code, cursor, place), place
        if code == b".":
            return


def _argument(code: bytes, cursor: Cursor, place: int) -> Argument:
    if code in _PLAIN:
        return None
    if code in _NUMBERS:
        return cursor.number(_NUMBERS[code])
    if code in _TEXTS:
        return cursor.take(cursor.number(_TEXTS[code])).decode("utf-8", "surrogatepass")
    if code in _LENGTHS:
        return _bytes(cursor, cursor.number(_LENGTHS[code]))
    return _rare(code, cursor, place)


def _rare(code: bytes, cursor: Cursor, place: int) -> Argument:
    if code in _LINES:
        return cursor.line().decode("latin-1")
    if code in _TWO_LINES:
        module = cursor.line().decode("utf-8", "replace")
        return module, cursor.line().decode("utf-8", "replace")
    if code in _LONGS:
        return cursor.number(cursor.number(_LONGS[code]), signed=True)
    if code == b"U":  # the short string of Python 2, which Python 3 reads as text
        return cursor.take(cursor.number(1)).decode("latin-1")
    if code == b"J":
        return cursor.number(4, signed=True)
    if code == b"G":
        return float(_REAL.unpack(cursor.take(8))[0])
    if code == b"\x95":
        cursor.take(8)  # a frame says how much to read ahead: nothing follows from it
        return None
    raise Corrupt(f"byte {code!r} at offset {place} is no opcode of pickle", where=cursor.window.where)


def _bytes(cursor: Cursor, length: int) -> Blob:
    start = cursor.skip(length)
    return Blob(start, length, cursor.window.read(start, length) if length <= SHORT else b"")
