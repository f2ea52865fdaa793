"""Reads parts and files back: every part is held against its digest before its bytes go anywhere."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path

from blake3 import blake3

from deadweight.core.errors import Corrupt
from deadweight.core.zoo import Contents, Part, StoredFile
from deadweight.zoo.coding import VERIFY, Form, decode
from deadweight.zoo.layout import read_at

PART = 8 << 20
"""Bytes of a part at most, as they are written."""
LARGEST_PART = 64 << 20
"""Bytes of a part at most, as they are read."""
DEEPEST = 4
"""A part is a difference to a difference so many times at most."""
_KEPT = 3


def digest_of(body: bytes) -> str:
    """The digest of a part."""
    return f"blake3:{blake3(body).hexdigest()}"


@dataclass(slots=True)
class Parts:
    """The parts of a version, or of several, by digest; the last few that were read are kept."""

    root: Path
    known: Mapping[str, Part]
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    def body(self, digest: str, depth: int = 0) -> bytes:
        """The bytes of a part, verified; raises Corrupt where they are not what they were."""
        if digest in self._kept:
            self._kept.move_to_end(digest)
            return self._kept[digest]
        body = self._decoded(self._part(digest), depth)
        if digest_of(body) != digest:
            raise self._fault(f"the part {digest} is damaged")
        self._kept[digest] = body
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return body

    def depth(self, digest: str) -> int:
        """How many parts have to be read before this one."""
        return len(self.chain(self._part(digest))) - 1

    def chain(self, part: Part) -> tuple[Part, ...]:
        """The part and those that it is a difference to, one after the other; no more of them than there may be."""
        line = [part]
        while line[-1].base in self.known and len(line) <= DEEPEST + 1:
            line.append(self.known[line[-1].base])
        return tuple(line)

    def _decoded(self, part: Part, depth: int) -> bytes:
        form = Form(part.coding, part.width)
        if depth > DEEPEST or not _is_possible(part):
            raise self._fault(f"the part {part.digest} says of itself what no part is")
        base = self.body(part.base, depth + 1) if form.has_base else b""
        return decode(read_at(self.root, part.blob, part.offset, part.length), form, part.size, base)

    def _part(self, digest: str) -> Part:
        if digest not in self.known:
            raise self._fault(f"the part {digest} is not told of")
        return self.known[digest]

    def _fault(self, what: str) -> Corrupt:
        return Corrupt(what, where=str(self.root), advice=VERIFY)


def _is_possible(part: Part) -> bool:
    return 0 <= part.size <= LARGEST_PART and 0 <= part.length <= 2 * LARGEST_PART and part.offset >= 0


@dataclass(frozen=True, slots=True)
class Segment:
    """`size` bytes of a file from `start` on: those at `within` of a part."""

    start: int
    size: int
    digest: str
    within: int = 0


def segments(contents: Contents, file: StoredFile) -> tuple[Segment, ...]:
    """The file from its first byte to its last; raises Corrupt where that is not what the parts come to."""
    known = contents.parts
    rest = _Rest([_at(known, index, file) for index in file.rest])
    found: list[Segment] = []
    at = 0
    for run in file.runs:
        parts = [_at(known, index, file) for index in run.parts]
        if run.offset < at or sum(part.size for part in parts) != run.size:
            raise _odd(file)
        found.extend(rest.take(at, run.offset - at, file))
        at = run.offset
        for part in parts:
            found.append(Segment(at, part.size, part.digest))
            at += part.size
    found.extend(rest.take(at, file.size - at, file))
    if rest.parts:
        raise _odd(file)
    return tuple(found)


def stretch(parts: Parts, whole: Sequence[Segment], start: int, size: int) -> Iterator[bytes]:
    """So many bytes of a file from an offset on."""
    stop = start + size
    first = bisect_right(whole, start, key=lambda one: one.start) - 1
    for one in takewhile(lambda one: one.start < stop, islice(whole, max(0, first), None)):
        begin, end = max(start, one.start), min(stop, one.start + one.size)
        if begin < end:
            offset = one.within + begin - one.start
            yield parts.body(one.digest)[offset : offset + end - begin]


@dataclass(slots=True)
class _Rest:
    """What lies between the runs of a file, taken from the front."""

    parts: list[Part]
    within: int = 0

    def take(self, at: int, size: int, file: StoredFile) -> Iterator[Segment]:
        while size:
            if not self.parts or size < 0:
                raise _odd(file)
            first = self.parts[0]
            length = min(size, first.size - self.within)
            if length:
                yield Segment(at, length, first.digest, self.within)
            at, size, self.within = at + length, size - length, self.within + length
            if self.within == first.size:
                del self.parts[0]
                self.within = 0


def _at(known: Sequence[Part], index: int, file: StoredFile) -> Part:
    if not 0 <= index < len(known) or known[index].size <= 0:
        raise _odd(file)
    return known[index]


def _odd(file: StoredFile) -> Corrupt:
    return Corrupt(f"the parts of {file.path!r} do not come to its {file.size} bytes")
