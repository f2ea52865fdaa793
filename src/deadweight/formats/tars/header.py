"""One tar header block, read: ustar, GNU, star and the old v7 (POSIX.1-2024 pax; GNU tar manual, Tar Internals)."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

from deadweight.core.errors import Corrupt

BLOCK = 512
ZEROS = bytes(BLOCK)

MOST_ID = (1 << 32) - 1
"""The highest number of a user or group that Linux takes."""

MOST_SECONDS = 1 << 62
"""A time that is as far away, or a size as big, is nothing that a system takes."""

_FIELDS = struct.Struct("100s24s12s12s8sc100s8s64x8s8s155s12x")
_ADLER = 65521
USTAR = b"ustar\x0000"
_STAR = slice(508, 512)


class Block(NamedTuple):
    """The fields of a header block as they stand: names are bytes, sizes what is declared, `flag` its type."""

    name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    flag: bytes
    link: bytes
    device: tuple[int, int]


def read_block(block: bytes, where: str, at: int) -> Block:
    """The fields of a header that starts `at` bytes into the tar; raises Corrupt for a wrong checksum or number."""
    name, rights, declared, time, checksum, flag, link, magic, major, minor, prefix = _FIELDS.unpack(block)
    try:
        _verify(block, _number(checksum))
        device = (_number(major), _number(minor)) if flag in b"34" else (0, 0)
        mode, uid, gid = rights_of(rights)
        size, mtime = _number(declared), time_of(time)
    except ValueError as error:
        raise Corrupt(f"no tar header at byte {at}: {error}", where=where, advice="The archive is damaged.") from None
    if size < 0:
        raise Corrupt(f"the tar header at byte {at} has a negative size", where=where)
    name = prefixed(name, prefix, block) if prefix[0] and magic == USTAR else _text(name)
    return Block(name, mode, uid, gid, size, mtime, flag, _text(link), device)


def padded(size: int) -> int:
    """The bytes that a body takes with its padding."""
    return (size + BLOCK - 1) & -BLOCK


def is_header(block: bytes) -> bool:
    """Whether a block is a tar header with a right checksum."""
    try:
        return len(block) == BLOCK and block != ZEROS and read_block(block, "", 0) is not None
    except Corrupt:
        return False


def prefixed(name: bytes, prefix: bytes, block: bytes) -> bytes:
    """The name of a ustar header behind its prefix."""
    # star keeps its access and change times in the last 24 bytes of the prefix.
    before = _text(prefix[:131] if block[_STAR] == b"tar\0" else prefix)
    return before + b"/" + _text(name)


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


@lru_cache(256)
def rights_of(fields: bytes) -> tuple[int, int, int]:
    """Mode, user and group of their 24 bytes, of which a tar has few; raises ValueError where one is no number."""
    return _number(fields[:8]), _number(fields[8:16]), _number(fields[16:])


@lru_cache(4096)
def time_of(field: bytes) -> int:
    """The time of last change in seconds; raises ValueError where it is no number."""
    return _number(field)


def _number(field: bytes) -> int:
    """Octal, or base 256 where the first bit is set (GNU, for what octal cannot hold)."""
    plain = field.rstrip(b"\0 ")
    return int(plain, 8) if plain.isdigit() else _odd_number(field)


def _odd_number(field: bytes) -> int:
    if field[0] & 0x80:
        return _base256(field)
    digits = field.partition(b"\0")[0].strip()
    if not digits:
        return 0
    if not digits.isdigit():
        raise ValueError(f"{field!r} is no number")
    return int(digits, 8)


def _base256(field: bytes) -> int:
    signed = field[0] == 0xFF
    number = int.from_bytes(field if signed else bytes([field[0] & 0x7F]) + field[1:], "big", signed=signed)
    # Eight bytes hold a mode, an owner or a device, twelve a size or a time; systems take 32 and 64 bits of them.
    if abs(number) >= MOST_SECONDS or (len(field) == 8 and not 0 <= number <= MOST_ID):
        raise ValueError(f"{number} is more than any system takes")
    return number


def _verify(block: bytes, declared: int) -> None:
    # The low half of an Adler sum is the sum of the bytes: 20 times faster than sum() over the block.
    whole = (zlib.adler32(block) & 0xFFFF) - 1
    counted = whole - sum(block[148:156]) + 8 * 0x20
    if (counted - declared) % _ADLER and _signed(block) != declared:
        raise ValueError(f"its checksum is {counted % _ADLER}, not {declared}")


def _signed(block: bytes) -> int:
    """The sum over signed bytes, as some old tars made it."""
    blanked = block[:148] + b" " * 8 + block[156:]
    return sum(struct.unpack("512b", blanked))
