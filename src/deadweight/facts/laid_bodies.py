"""Bodies that are read again and again: the first ones in memory, the others in a nameless file."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass, field

from deadweight.codecs.zstd import library
from deadweight.core.errors import Corrupt
from deadweight.formats.nameless import folder_for_large_files, has_room, nameless_file

MOST_HELD = 16 << 20
_FAST = 1
_OFTEN = 16 << 20
"""So many bytes are written before the disk is asked again for its room, of which a gigabyte is to stay."""


@dataclass(slots=True, weakref_slot=True)
class LaidBodies:
    """The bodies by path, each laid once; `most_held` bytes of them in memory.

    The sources of a large image are 300 MB, and packed in memory still 60, unpacked each time that one is asked for.
    Where the disk has no room they are.
    """

    most_held: int = MOST_HELD
    folder: str = field(default_factory=folder_for_large_files)
    _held: dict[str, bytes] = field(default_factory=dict, repr=False)
    _packed: dict[str, bytes] = field(default_factory=dict, repr=False)
    _places: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    _file: int | None = None
    _end: int = 0
    _looked: int = 0
    _full: bool = False

    def __contains__(self, path: str) -> bool:
        return path in self._places or path in self._held or path in self._packed

    def lay(self, path: str, body: bytes) -> None:
        """Keep the body."""
        if len(body) <= self.most_held:
            self._held[path] = body
            self.most_held -= len(body)
        elif not self._is_written(path, body):
            self._packed[path] = library().compress(body, _FAST)

    def read(self, path: str) -> bytes | None:
        """The body, None where none was laid; raises Corrupt for one that the disk does not give back whole."""
        if path in self._places:
            return self._from_file(path, *self._places[path])
        if path in self._packed:
            return bytes(library().decompress(self._packed[path]))
        return self._held.get(path)

    def _is_written(self, path: str, body: bytes) -> bool:
        """Write the body behind the others; tells whether there was room."""
        if self._full:
            return False
        try:
            self._write(body)
        except OSError:
            self._full = True
            return False
        self._places[path] = (self._end, len(body))
        self._end += len(body)
        return True

    def _write(self, body: bytes) -> None:
        if self._end >= self._looked:
            if not has_room(self.folder):
                raise OSError("the disk has no room to spare")
            self._looked = self._end + _OFTEN
        if self._file is None:
            self._file = nameless_file(self.folder)
            weakref.finalize(self, os.close, self._file)
        done = 0
        while done < len(body):
            done += os.pwrite(self._file, memoryview(body)[done:], self._end + done)

    def _from_file(self, path: str, start: int, size: int) -> bytes:
        assert self._file is not None, "places are in a file"
        body = os.pread(self._file, size, start)
        while len(body) < size:
            more = os.pread(self._file, size - len(body), start + len(body))
            if not more:
                raise Corrupt("what was laid aside of it is gone", where=path, advice="Run it again.")
            body += more
        return body
