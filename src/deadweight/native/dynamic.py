"""What an ELF file asks the loader for: its interpreter and its dynamic section (System V gABI, chapter 5)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Corrupt
from deadweight.native.elf import DYNAMIC, EXTENDED, INTERPRETER, LOAD, Header, Segment, elf_header, segments_of
from deadweight.native.window import Window

MAX_TEXT = 4096
MAX_DYNAMIC = 1 << 20
_END, _NEEDED, _STRINGS, _STRINGS_SIZE, _SONAME, _RPATH, _RUNPATH, _FLAGS = 0, 1, 5, 10, 14, 15, 29, 0x6FFFFFFB
_NO_DEFAULT = 0x800


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What one ELF file says to the loader; all empty for a static program or an object to be linked.

    `needed` are its DT_NEEDED in their order, `rpath` and `runpath` the directories of those entries as they are
    written, `interpreter` its PT_INTERP. `no_default` is DF_1_NODEFLIB: the system's own directories are not searched.
    `machine` is (e_machine, bits, byte order): a loader takes no library of another one.
    """

    machine: tuple[int, int, str]
    needed: tuple[str, ...] = ()
    soname: str = ""
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    interpreter: str = ""
    no_default: bool = False


def dynamic_of(stream: BinaryIO) -> Dynamic:
    """What the ELF file in a stream that seeks says to the loader; sections are not looked at.

    Raises Corrupt where its tables are cut short or disagree.
    """
    window = Window(stream)
    header = elf_header(window.at(0, 64))
    if header is None:
        raise Corrupt("it is no ELF file")
    segments = _segments(header, window)
    values = _values(header, segments, window)
    texts = _Texts(window, *_string_table(values, segments)) if values else None
    machine = (header.machine, header.shape.bits, header.shape.order)
    interpreter = _interpreter(segments, window)
    if texts is None:
        return Dynamic(machine, interpreter=interpreter)
    return Dynamic(
        machine,
        tuple(texts.at(value) for tag, value in values if tag == _NEEDED),
        next((texts.at(value) for tag, value in values if tag == _SONAME), ""),
        tuple(_directories(texts.at(value) for tag, value in values if tag == _RPATH)),
        tuple(_directories(texts.at(value) for tag, value in values if tag == _RUNPATH)),
        interpreter,
        any(value & _NO_DEFAULT for tag, value in values if tag == _FLAGS),
    )


def _segments(header: Header, window: Window) -> tuple[Segment, ...]:
    shape = header.shape
    if not header.segment_count:
        return ()
    if header.segment_size != shape.segment.size or header.segment_count == EXTENDED:
        raise Corrupt("its program headers are of no size that is known")
    length = header.segment_count * header.segment_size
    table = window.at(header.segments_at, length)
    if len(table) < length:
        raise Corrupt("its program headers are cut short")
    return segments_of(shape, table)


def _interpreter(segments: Iterable[Segment], window: Window) -> str:
    named = next((one for one in segments if one.kind == INTERPRETER and one.size), None)
    return _text(window.at(named.offset, min(named.size, MAX_TEXT))) if named else ""


def _values(header: Header, segments: Iterable[Segment], window: Window) -> list[tuple[int, int]]:
    """The entries of the dynamic section up to its end; none where there is none, or no bytes of it (split debug)."""
    found = next((one for one in segments if one.kind == DYNAMIC and one.size), None)
    if found is None:
        return []
    if found.size > MAX_DYNAMIC:
        raise Corrupt(f"its dynamic section of {found.size} bytes is beyond any that a linker makes")
    entry = struct.Struct(header.shape.order + ("QQ" if header.shape.bits == 64 else "II"))
    raw = window.at(found.offset, found.size)
    if len(raw) < found.size:
        raise Corrupt("its dynamic section is cut short")
    return list(_until_end(entry.iter_unpack(raw[: len(raw) // entry.size * entry.size])))


def _until_end(entries: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    for tag, value in entries:
        if tag == _END:
            return
        yield tag, value


def _string_table(values: Iterable[tuple[int, int]], segments: Iterable[Segment]) -> tuple[int, int]:
    """The offset and the size of the string table, by the segment that maps its address."""
    tags = dict(values)
    address, size = tags.get(_STRINGS), tags.get(_STRINGS_SIZE, 0)
    if address is None:
        return 0, 0
    for one in segments:
        if one.kind == LOAD and one.address <= address < one.address + one.size:
            return one.offset + address - one.address, size
    raise Corrupt("the string table of its dynamic section is mapped by no segment")


@dataclass(frozen=True, slots=True)
class _Texts:
    window: Window
    start: int
    size: int

    def at(self, place: int) -> str:
        if place >= self.size:
            raise Corrupt("a name of its dynamic section lies outside of its string table")
        return _text(self.window.at(self.start + place, min(self.size - place, MAX_TEXT)))


def _text(raw: bytes) -> str:
    end = raw.find(b"\0")
    if end < 0:
        raise Corrupt("a name of its dynamic section has no end")
    return raw[:end].decode("utf-8", "surrogateescape")


def _directories(paths: Iterable[str]) -> Iterator[str]:
    return (directory for path in paths for directory in path.split(":"))
