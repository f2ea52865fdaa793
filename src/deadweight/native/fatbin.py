"""The GPU code in a library: fatbin containers, each holding the same code for several GPU architectures.

A container is a header of 16 bytes and entries, each a header of 64 bytes or more and a payload. NVIDIA does not
publish the format; source: `fatbinary_section.h` of the CUDA toolkit, n-eiling/cuda-fatbin-decompression,
jiegec/fatbinary, ZLUDA. Measured: 27,000 containers of current CUDA wheels walk as written here, and their lists
equal those of cuobjdump 13.5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Corrupt
from deadweight.native.window import Window

MAGIC = b"\x50\xed\x55\xba"
SECTIONS = frozenset((".nv_fatbin", "__nv_relfatbin"))
"""The sections that hold nothing but containers: linked code, and code that could be linked again."""
PTX, CUBIN = 1, 2
CONTAINER = struct.Struct("<4sHHQ")
ENTRY = struct.Struct("<HHIQIIHHIIIQQQ")
_VERSION = 1
_SPECIFIC = 0x100000
_PAD = 8
_STEP, _PIECE = 1 << 12, 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file to look for containers in; `whole` where nothing else may lie there but padding."""

    at: int
    size: int
    whole: bool = False

    @property
    def end(self) -> int:
        """The offset of the first byte after it."""
        return self.at + self.size


@dataclass(frozen=True, slots=True)
class Code:
    """One entry: what it is, for which architecture (86 for sm_86), and where its payload lies, padding included.

    `specific` is the variant `a` of an architecture (sm_90a), which runs on exactly that one. `kind` is PTX, CUBIN
    or another number: intermediate code for the linker is 8.
    """

    kind: int
    architecture: int
    specific: bool
    at: int
    size: int

    @property
    def name(self) -> str:
        """As compilers spell it: sm_90a, compute_80; `other` for a kind that is neither."""
        prefix = {PTX: "compute_", CUBIN: "sm_"}.get(self.kind)
        return f"{prefix}{self.architecture}{'a' if self.specific else ''}" if prefix else "other"

    @property
    def end(self) -> int:
        """The offset of the first byte after its payload."""
        return self.at + self.size


@dataclass(frozen=True, slots=True)
class Container:
    """One fatbin: of its codes the driver takes the one that fits the GPU best."""

    at: int
    size: int
    codes: tuple[Code, ...]


def containers(stream: BinaryIO, places: Iterable[Place]) -> Iterator[Container]:
    """The containers in these places of a file, in order, read forward only; 1 MiB of it is held at a time.

    Raises Corrupt where a place that is `whole` holds something else, or ends within a container.
    """
    window, after = Window(stream), 0
    for place in sorted(places, key=lambda one: one.at):
        read = _walk if place.whole else _search
        for container in read(window, max(place.at, after), place.end):
            after = container.at + container.size
            yield container


def _walk(window: Window, start: int, end: int) -> Iterator[Container]:
    at = start
    while at < end:
        head = window.at(at, min(_PAD, end - at))
        if head and not head.strip(b"\0"):
            at += len(head)
            continue
        found = _container(window, at, end)
        if isinstance(found, int):
            raise Corrupt(f"no whole container of GPU code stands at byte {found}")
        yield found
        at = found.at + found.size


def _search(window: Window, start: int, end: int) -> Iterator[Container]:
    """Containers among other data: what begins like one and is none is passed over."""
    at, length = start, _STEP
    while end - at >= len(MAGIC):
        piece = window.at(at, min(length, end - at))
        hit = piece.find(MAGIC)
        if hit >= 0:
            found = _container(window, at + hit, end)
            if isinstance(found, Container):
                yield found
            at, length = _after(found, at + hit), _STEP
        elif len(piece) < len(MAGIC):
            return
        else:  # containers stand side by side: long pieces only where there is none for long
            at, length = at + len(piece) - len(MAGIC) + 1, min(2 * length, _PIECE)


def _after(found: Container | int, at: int) -> int:
    """Where to go on after what stands at the offset: a forward-only stream is past what it was read up to."""
    return found.at + found.size if isinstance(found, Container) else max(found, at + len(MAGIC))


def _container(window: Window, at: int, end: int) -> Container | int:
    """The container at the offset, or the offset at which it turns out to be none."""
    head = window.at(at, CONTAINER.size)
    if len(head) < CONTAINER.size:
        return at
    fields: tuple[bytes, int, int, int] = CONTAINER.unpack(head)
    magic, version, head_size, size = fields
    fits = head_size >= CONTAINER.size and size <= end - at - head_size
    if magic != MAGIC or version != _VERSION or not fits:
        return at
    codes, here, stop = [], at + head_size, at + head_size + size
    while here < stop:
        code = _code(window.at(here, ENTRY.size), here, stop)
        if code is None:
            return here
        codes.append(code)
        here = code.end
    return Container(at, head_size + size, tuple(codes))


def _code(head: bytes, at: int, stop: int) -> Code | None:
    if len(head) < ENTRY.size:
        return None
    kind, _, head_size, size, packed, _, _, _, architecture, _, _, flags, _, _ = ENTRY.unpack(head)
    if head_size < ENTRY.size or size > stop - at - head_size or packed > size:
        return None
    return Code(kind, architecture, bool(flags & _SPECIFIC), at + head_size, size)
