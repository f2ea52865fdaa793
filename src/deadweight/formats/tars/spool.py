"""What packed containers unpack to, kept in a nameless file for who reads them more than once.

The first pass streams, where it wants few bodies. Whoever wants many, or comes back for more, will come again (rules
look at all sources, then at all native files, and a closure asks for the bodies that it reached), and every pass over a
packed layer unpacks all that stands before the last body wanted.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from deadweight.codecs.detection import codec_named
from deadweight.core.errors import Corrupt
from deadweight.formats.byte_range import Tape
from deadweight.formats.nameless import folder_for_large_files, has_room, nameless_file

_PIECE = 1 << 20
_AT_ONCE = 2
MANY = 500
"""So many bodies of one layer are wanted by who looks at a whole kind of file."""

Opened = Callable[[int], BinaryIO]
"""Gives the stored stream of a layer."""


@dataclass(slots=True, weakref_slot=True)
class Spool:
    """By layer how often it was read, and the descriptor of the file that holds it unpacked; they go with the spool.

    `full` is whether the disk had no room for one: then every pass streams again, as for a first one.
    """

    passes: dict[int, int] = field(default_factory=dict)
    files: dict[int, int] = field(default_factory=dict)
    full: bool = False

    def ready(self, packed: Mapping[int, str], stored: Opened, wanted: Mapping[int, int]) -> None:
        """Note a pass over these layers, given with their codecs and how many bodies of each are wanted.

        Unpack those that were read before or of which many are wanted, side by side.

        zlib and zstd unpack without the lock of the interpreter. A layer that does not unpack is left to its reader,
        who says what is wrong with it.
        """
        worthy = (layer for layer in packed if self.passes.get(layer) or wanted.get(layer, 0) >= MANY)
        again = [layer for layer in worthy if layer not in self.files]
        for layer in packed:
            self.passes[layer] = self.passes.get(layer, 0) + 1
        if again and not self.full:
            with ThreadPoolExecutor(_AT_ONCE) as threads:
                made = list(threads.map(lambda layer: _unpacked(packed[layer], stored(layer)), again))
            for layer, file in zip(again, made, strict=True):
                self._keep(layer, file)

    def _keep(self, layer: int, file: int | None) -> None:
        if file is None:
            self.full = True
            return
        self.files[layer] = file
        weakref.finalize(self, os.close, file)

    def opened(self, layer: int) -> Tape | None:
        """The unpacked layer, None where it is not kept; whoever asked closes it."""
        kept = self.files.get(layer)
        # The file has no name, and a duplicate of its descriptor would share its position.
        return None if kept is None else Tape(Path(f"/proc/self/fd/{kept}"))


def _unpacked(codec: str, stored: BinaryIO) -> int | None:
    """The descriptor of the nameless file; None where the disk has no room to spare for it, or nothing unpacks."""
    folder = folder_for_large_files()
    try:
        with os.fdopen(nameless_file(folder), "wb") as kept:
            unpacked = codec_named(codec).reader(stored)
            while piece := unpacked.read(_PIECE):
                if not has_room(folder):
                    return None
                kept.write(piece)
            kept.flush()
            return os.dup(kept.fileno())
    except (OSError, Corrupt):
        return None
