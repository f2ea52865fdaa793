"""What copies of this process work out while it goes on: facts, and what is likely asked for piece by piece.

Where a copy fails in any way this process does the work itself, once it is asked for.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar, cast

from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.formats.process_copy import Copy, copied

T = TypeVar("T")
_LENGTHS = 8
_OFTEN = 32 << 10
"""So many bytes are told at once."""


def begin(scene: Scene, fact: Fact[T]) -> None:
    """Have a copy work the fact out, for who asks for it later; nothing where none can be made."""
    known = len(scene.gaps)

    def work(telling: BinaryIO) -> None:
        answer = fact.work(scene)
        pickle.dump((answer, scene.gaps[known:]), telling, pickle.HIGHEST_PROTOCOL)

    copy = copied(work)
    if copy is None:
        return

    def answer() -> T:
        told = copy.told()
        if not told:
            return fact.work(scene)
        found, gaps = cast(tuple[T, tuple[Gap, ...]], pickle.loads(told))
        for gap in gaps:
            scene.note(gap)
        return found

    scene.expect(fact, answer)


@dataclass(slots=True)
class Ahead:
    """What a copy tells of one path after the other, for who asks while it goes on."""

    copy: Copy
    _places: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    _seen: int = 0

    def of(self, path: str) -> bytes | None:
        """What was told of the path, once; None where nothing was so far."""
        if path not in self._places:
            self._look()
        place = self._places.pop(path, None)
        return self.copy.piece(*place) if place else None

    def _look(self) -> None:
        """Note where all lies that was told since the last look, as far as it is whole."""
        more = self.copy.piece(self._seen, self.copy.size - self._seen)
        at = 0
        while at + _LENGTHS <= len(more):
            named = at + _LENGTHS + int.from_bytes(more[at : at + 4], "little")
            end = named + int.from_bytes(more[at + 4 : at + 8], "little")
            if end > len(more):
                break
            self._places[os.fsdecode(more[at + _LENGTHS : named])] = (self._seen + named, end - named)
            at = end
        self._seen += at


def ahead(telling: Callable[[], Iterable[tuple[str, bytes]]]) -> Ahead | None:
    """A copy that tells something of paths, in the order given; None where none can be made."""

    def work(told: BinaryIO) -> None:
        for pieces in _joined(telling()):
            told.write(pieces)
            told.flush()

    copy = copied(work)
    return Ahead(copy) if copy else None


def _joined(telling: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    pieces = bytearray()
    for path, body in telling:
        name = os.fsencode(path)
        pieces += len(name).to_bytes(4, "little") + len(body).to_bytes(4, "little") + name + body
        if len(pieces) >= _OFTEN:
            yield bytes(pieces)
            pieces.clear()
    yield bytes(pieces)
