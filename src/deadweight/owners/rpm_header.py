"""Reads the header of an installed rpm package, as its database stores it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.owners.dist_info import text_of

NAME, VERSION, RELEASE, EPOCH = 1000, 1001, 1002, 1003
PROVIDES, REQUIRES = 1047, 1049
DIRINDEXES, BASENAMES, DIRNAMES = 1116, 1117, 1118
_INT32, _STRING, _STRING_ARRAY, _I18N_STRING = 4, 6, 8, 9
_INDEX = struct.Struct(">IIiI")
_COUNTS = struct.Struct(">II")
_MOST_ENTRIES = 0xFFFF


@dataclass(frozen=True, slots=True)
class Header:
    """One header: where each tag's values lie in its store of values, as (type, offset, count)."""

    index: dict[int, tuple[int, int, int]]
    store: bytes

    def text(self, tag: int) -> str:
        """The text of a tag, empty where it is not there."""
        return next(iter(self.texts(tag)), "")

    def texts(self, tag: int) -> tuple[str, ...]:
        """The texts of a tag, none where it is not there."""
        kind, offset, count = self.index.get(tag, (_STRING, 0, 0))
        if kind not in (_STRING, _STRING_ARRAY, _I18N_STRING):
            raise Corrupt(f"the tag {tag} of an rpm header is no text")
        pieces = self.store[offset:].split(b"\0", count)
        if len(pieces) <= count:
            raise Corrupt(f"the tag {tag} of an rpm header is cut off")
        return tuple(map(text_of, pieces[:count]))

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The 32-bit numbers of a tag, none where it is not there."""
        kind, offset, count = self.index.get(tag, (_INT32, 0, 0))
        if kind != _INT32 or offset + 4 * count > len(self.store):
            raise Corrupt(f"the tag {tag} of an rpm header holds no numbers")
        return struct.unpack_from(f">{count}I", self.store, offset)


def header_of(blob: bytes) -> Header:
    """The header in a blob; raises Corrupt where it is cut off.

    Two counts, of index entries and of bytes of values, then both, all big-endian (rpm file format, version 4).
    """
    if len(blob) < _COUNTS.size:
        raise Corrupt("an rpm header is cut off")
    entries, size = _COUNTS.unpack_from(blob)
    begin = _COUNTS.size + entries * _INDEX.size
    if entries > _MOST_ENTRIES or begin + size > len(blob):
        raise Corrupt("an rpm header is cut off")
    return Header(dict(_index(blob, entries, size)), blob[begin : begin + size])


def _index(blob: bytes, entries: int, size: int) -> Iterator[tuple[int, tuple[int, int, int]]]:
    for tag, kind, offset, count in _INDEX.iter_unpack(blob[_COUNTS.size : _COUNTS.size + entries * _INDEX.size]):
        if 0 <= offset <= size and count <= size:
            yield tag, (kind, offset, count)


def file_paths(header: Header) -> Iterator[str]:
    """The plain paths of the package's files and directories; raises Corrupt where the lists disagree."""
    directories, names, places = header.texts(DIRNAMES), header.texts(BASENAMES), header.numbers(DIRINDEXES)
    if len(names) != len(places) or any(place >= len(directories) for place in places):
        raise Corrupt(f"{header.text(NAME)}: the lists of files in its rpm header disagree")
    return (f"{directories[place]}{name}".strip("/") for place, name in zip(places, names, strict=True))


def full_version(header: Header) -> str:
    """`epoch:version-release`, the epoch only where there is one."""
    epoch = "".join(f"{number}:" for number in header.numbers(EPOCH)[:1] if number)
    return f"{epoch}{header.text(VERSION)}-{header.text(RELEASE)}"
