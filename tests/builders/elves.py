"""ELF files: made by the C compiler of this machine, or byte by byte in a shape that it does not make."""

from __future__ import annotations

import functools
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest

from deadweight.native.elf import Shape

LIBRARY = "static int twice(int x) { return 2 * x; }\nint answer(void) { return twice(21); }\n"
PROGRAM = '#include <stdio.h>\nstatic int hidden(void) { return 42; }\nint main(void) { printf("%d\\n", hidden()); }\n'


@functools.cache
def compiled(source: str = LIBRARY, flags: tuple[str, ...] = ("-shared", "-fPIC", "-g")) -> bytes:
    """What the C compiler makes of the source; skips where there is none."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    with tempfile.TemporaryDirectory() as folder:
        out, text = Path(folder, "out"), Path(folder, "source.c")
        text.write_text(source)
        subprocess.run([compiler, "-O1", *flags, "-o", str(out), str(text)], check=True, capture_output=True)
        return out.read_bytes()


def tool(name: str, *arguments: str | Path) -> str:
    """What a tool of binutils prints; skips where it is not installed, fails where it fails."""
    if shutil.which(name) is None:
        pytest.skip(f"needs {name}")
    ran = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=True)
    return ran.stdout + ran.stderr


def written(path: Path, body: bytes) -> Path:
    """The body as an executable file at the path."""
    path.write_bytes(body)
    path.chmod(0o755)
    return path


@dataclass(frozen=True, slots=True)
class Piece:
    """One section; an allocated one has its offset for an address."""

    name: str
    type: int = 1
    flags: int = 0
    body: bytes = b""
    link: str = ""
    info: int = 0
    alignment: int = 1
    entry_size: int = 0


@dataclass(frozen=True, slots=True)
class Blueprint:
    """An ELF file to make: pieces in file order, the first `loaded` of them in one PT_LOAD, `tail` appended.

    With `late` the bytes of that name get a second PT_LOAD, as patchelf does at the end of a file.
    """

    pieces: Sequence[Piece]
    loaded: int
    bits: Literal[32, 64] = 64
    order: Literal["<", ">"] = "<"
    type: int = 3
    machine: int = 62
    late: str = ""
    tail: bytes = b""
    gap: bytes = b""


def text(body: bytes = b"\x90" * 100) -> Piece:
    """Allocated, executable code."""
    return Piece(".text", 1, 0x6, body, alignment=16)


def symbols(shape: Shape, count: int = 4) -> tuple[Piece, Piece]:
    """A symbol table of empty symbols and its names."""
    size = 24 if shape.bits == 64 else 16
    table = Piece(".symtab", 2, 0, bytes(size * count), ".strtab", count, 8, size)
    return table, Piece(".strtab", 3, 0, b"\0" + b"name\0" * count)


def built(plan: Blueprint) -> bytes:
    """The bytes of the file: header, program headers, pieces, name table, section table, tail."""
    shape = Shape(plan.bits, plan.order)
    count = 2 if plan.late else 1
    start = 16 + shape.header.size + count * shape.segment.size
    body, offsets = bytearray(start), {}
    for piece in plan.pieces:
        body += bytes(-len(body) % (4096 if piece.name == plan.late else piece.alignment))
        offsets[piece.name] = len(body)
        body += b"" if piece.type == 8 else piece.body
        if [one.name for one in plan.pieces].index(piece.name) == plan.loaded - 1:
            loaded_end = len(body)
    body += plan.gap
    names = _names([*(piece.name for piece in plan.pieces), ".shstrtab"])
    names_at = len(body)
    body += names
    body += bytes(-len(body) % 8)
    table_at = len(body)
    body += _sections(plan, shape, offsets, (names, names_at)) + plan.tail
    segments = _segment(shape, 0, loaded_end)
    if plan.late:
        late = next(piece for piece in plan.pieces if piece.name == plan.late)
        segments += _segment(shape, offsets[plan.late], len(late.body))
    head = _head(plan, shape, count, (table_at, len(plan.pieces) + 2))
    body[: len(head)] = head
    body[len(head) : len(head) + len(segments)] = segments
    return bytes(body)


def _names(names: Sequence[str]) -> bytes:
    return b"\0" + b"".join(name.encode() + b"\0" for name in names)


def _place(names: bytes, name: str) -> int:
    return names.index(b"\0" + name.encode() + b"\0") + 1


def _sections(plan: Blueprint, shape: Shape, offsets: dict[str, int], table: tuple[bytes, int]) -> bytes:
    names, names_at = table
    index = {piece.name: place for place, piece in enumerate(plan.pieces, 1)}
    out = bytes(shape.section.size)
    for piece in plan.pieces:
        offset = offsets[piece.name]
        address = offset if piece.flags & 0x2 else 0
        fields = (piece.type, piece.flags, address, offset, len(piece.body), index.get(piece.link, 0), piece.info)
        out += shape.section.pack(_place(names, piece.name), *fields, piece.alignment, piece.entry_size)
    return out + shape.section.pack(_place(names, ".shstrtab"), 3, 0, 0, names_at, len(names), 0, 0, 1, 0)


def _segment(shape: Shape, offset: int, size: int) -> bytes:
    if shape.bits == 64:
        return shape.segment.pack(1, 5, offset, offset, offset, size, size, 4096)
    return shape.segment.pack(1, offset, offset, offset, size, size, 5, 4096)


def _head(plan: Blueprint, shape: Shape, segments: int, sections: tuple[int, int]) -> bytes:
    table_at, count = sections
    size = 16 + shape.header.size
    identity = b"\x7fELF" + bytes([plan.bits // 32, 1 if plan.order == "<" else 2, 1]) + bytes(9)
    fields = (plan.type, plan.machine, 1, 0, size, table_at, 0, size)
    return identity + shape.header.pack(*fields, shape.segment.size, segments, shape.section.size, count, count - 1)


def damaged(body: bytes, offset: int, format_: str, value: int) -> bytes:
    """The body with a number at the offset set to another."""
    changed = bytearray(body)
    struct.pack_into(format_, changed, offset, value)
    return bytes(changed)


def plain_library(shape: Shape, *more: Piece) -> Blueprint:
    """A library of one loaded piece of code, with symbols, and what else is given, behind it."""
    table, names = symbols(shape)
    return Blueprint((text(), table, names, *more), 1, shape.bits, shape.order)


def relocated_library(shape: Shape) -> Blueprint:
    """A library whose last segment lies behind its symbols, as patchelf leaves it."""
    table, names = symbols(shape, 200)
    debug = Piece(".debug_info", body=b"d" * 5000)
    late = Piece(".dynstr", 3, 0x2, b"\0needed\0", alignment=8)
    pieces = (text(), table, names, late, debug)
    return replace(plain_library(shape), pieces=pieces, late=".dynstr")


def patched(body: bytes, more: bytes = b"\0needed\0") -> bytes:
    """The library with one more segment behind all else, as patchelf leaves it: a note's program header loads it."""
    note, load = 4, 1
    table, size, count = struct.unpack_from("<Q", body, 32)[0], *struct.unpack_from("<HH", body, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", body, table + place * size) for place in range(count)]
    address = -(-max(one[3] + one[6] for one in headers if one[0] == load) // 4096) * 4096
    grown = bytearray(body + bytes(-len(body) % 4096) + more)
    last = max(place for place, one in enumerate(headers) if one[0] == note)
    fields = (load, 4, len(grown) - len(more), address, address, len(more), len(more), 4096)
    struct.pack_into("<IIQQQQQQ", grown, table + last * size, *fields)
    return bytes(grown)
