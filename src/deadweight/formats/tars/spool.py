"""What packed containers unpack to, kept in a nameless file for who reads them more than once.

The first pass streams, where it wants few bodies. Whoever wants many, or comes back for more, will come again (rules
look at all sources, then at all native files, and a closure asks for the bodies that it reached), and every pass over a
packed layer unpacks all that stands before the last body wanted.
"""

from __future__ import annotations

import subprocess
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from deadweight.core.errors import Corrupt
from deadweight.formats.byte_range import ByteRange, Tape
from deadweight.formats.tars.unpacking import GrowingTape, Unpacked, unpack_beside, unpacked_here

MANY = 500
"""So many bodies of one layer are wanted by who looks at a whole kind of file."""
LARGE = 32 << 20
"""Packed bytes that are worth a process of their own, which takes a tenth of a second to start."""

Opened = Callable[[int], BinaryIO]
"""Gives a layer, unpacked as it is read."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed layer: where it is stored, what packs it, and how many bodies of it are wanted."""

    place: ByteRange
    codec: str
    wanted: int


@dataclass(slots=True, weakref_slot=True)
class Spool:
    """By layer how often it was read, and the file that holds it unpacked; they go with the spool.

    `full` is whether the disk had no room for one: then every pass streams again, as for a first one.
    """

    passes: dict[int, int] = field(default_factory=dict)
    files: dict[int, Unpacked] = field(default_factory=dict)
    full: bool = False

    def ready(self, packed: Mapping[int, Packed], opened: Opened) -> None:
        """Note a pass over these layers, in the order in which they are read.

        Those that were read before, or of which many bodies are wanted, are kept unpacked: by processes beside this
        one, which has them as they come, where they are large. A layer that does not unpack is left to its reader, who
        says what is wrong with it.
        """
        worthy = {layer: one for layer, one in packed.items() if self.passes.get(layer) or one.wanted >= MANY}
        again = {layer: one for layer, one in worthy.items() if layer not in self.files}
        for layer in packed:
            self.passes[layer] = self.passes.get(layer, 0) + 1
        if again and not self.full:
            self._keep(again, opened)

    def _keep(self, again: Mapping[int, Packed], opened: Opened) -> None:
        beside = {layer: (one.place, one.codec) for layer, one in again.items() if one.place.outer == "store"}
        try:
            if sum(place.length for place, _ in beside.values()) >= LARGE:
                self.files.update(unpack_beside(beside, self._hold))
        except OSError:
            self.full = True
        for layer in again:
            if layer not in self.files and not self.full:
                self._keep_here(layer, opened)

    def _keep_here(self, layer: int, opened: Opened) -> None:
        try:
            kept = unpacked_here(opened(layer))
        except (OSError, Corrupt):
            kept = None
        if kept is None:
            self.full = True
        else:
            self.files[layer] = kept

    def _hold(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            weakref.finalize(self, _end, process)

    def opened(self, layer: int, opened: Opened) -> Tape | None:
        """The unpacked layer, None where it is not kept; whoever asked closes it."""
        kept = self.files.get(layer)
        return None if kept is None else GrowingTape(kept, lambda: opened(layer))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
