"""Indexed layers, remembered by digest in a folder.

A layer's index is kept under the digest of its blob. What a blob's digest is, is remembered by the identity of the
file that it lies in (device, inode, size, times of last write and change) and its place there: as long as these are
the same the blob is not hashed again, and a file that was written to is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from deadweight.core.errors import DeadweightError
from deadweight.formats.byte_range import ByteRange, identity
from deadweight.formats.images.index_record import VERSION, from_record, to_record
from deadweight.formats.tars.index import TarIndex

_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class LayerCache:
    """The memory for openings with these `keep` globs; without a folder it remembers nothing.

    A record that cannot be read is as good as none, and so is a folder that cannot be written.
    """

    folder: Path | None
    keep: Sequence[str] = ()

    def digest_of(self, place: ByteRange) -> str:
        """The digest that the blob was found to have, empty where that is not known."""
        record = self._read(_seen_name(place))
        return record.decode("ascii", "replace") if len(record) == 71 and record.startswith(b"sha256:") else ""

    def knows(self, digest: str) -> bool:
        """Whether there is an index for that blob."""
        return self.folder is not None and os.path.exists(self.folder / self._index_name(digest))  # noqa: PTH110  # False where one may not look

    def load(self, digest: str, layer: int) -> TarIndex | None:
        """The index of that blob as layer of that number, None for no memory of it."""
        name = self._index_name(digest)
        record = self._read(name)
        index = from_record(record, layer) if record else None
        if index is None or index.digest != digest:
            return None
        self._touch(name)
        return index

    def saw(self, place: ByteRange, digest: str) -> None:
        """Remember the digest of a blob that was hashed."""
        self._write(_seen_name(place), digest.encode())

    def store(self, index: TarIndex) -> None:
        """Remember an index."""
        if self.folder is not None:
            self._write(self._index_name(index.digest), to_record(index))

    def prune(self) -> None:
        """Forget what was not used for longest, where it is more than a gibibyte."""
        if self.folder is None:
            return
        with suppress(OSError):  # another run forgets at the same time, or the folder is closed
            self._forget(self.folder)

    def _forget(self, folder: Path) -> None:
        records = sorted(folder.glob("*.layer"), key=lambda record: record.stat().st_mtime, reverse=True)
        kept = 0
        for record in records:
            kept += record.stat().st_size
            if kept > _MOST_BYTES:
                record.unlink(missing_ok=True)

    def _index_name(self, digest: str) -> str:
        globs = hashlib.sha256("\0".join((VERSION, *self.keep)).encode()).hexdigest()[:16]
        return f"{digest.replace(':', '-')}-{globs}.layer"

    def _read(self, name: str) -> bytes:
        if self.folder is None:
            return b""
        try:
            record = self.folder / name
            return record.read_bytes() if record.is_file() else b""
        except OSError:
            return b""

    def _touch(self, name: str) -> None:
        if self.folder is not None:
            try:
                os.utime(self.folder / name)
            except OSError:
                return

    def _write(self, name: str, record: bytes) -> None:
        """Whole or not at all; a memory that cannot be written is done without."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as written:
                temporary = Path(written.name)
                try:
                    written.write(record)
                    written.flush()
                    temporary.replace(self.folder / name)
                except OSError:
                    temporary.unlink(missing_ok=True)
        except (OSError, DeadweightError):
            return


def _seen_name(place: ByteRange) -> str:
    named = repr((identity(place.path), place.start, place.length, place.outer))
    return f"{hashlib.sha256(named.encode()).hexdigest()[:40]}.seen"
