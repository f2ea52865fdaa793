"""The bodies of the members of a zip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.limits import Limits
from deadweight.formats.byte_range import Identity, identity
from deadweight.formats.zips.body import open_body
from deadweight.formats.zips.local import Place


@dataclass(frozen=True, slots=True)
class ZipContents:
    """The bodies of a zip's members; `taken` is what the file was when it was opened."""

    path: Path
    taken: Identity
    places: Mapping[str, Place]
    limits: Limits

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """Give each wanted file's body, in the order of the file; Corrupt where the zip is not what it was."""
        with self._unchanged() as file:
            for entry in sorted((one for one in wanted if one.kind is Kind.FILE), key=self._offset):
                yield entry, open_body(file, self.places[entry.path], str(self.path), self.limits)

    def _offset(self, entry: Entry) -> int:
        return self.places[entry.path].start

    def _unchanged(self) -> BinaryIO:
        try:
            same = identity(self.path) == self.taken
            file = self.path.open("rb")
        except OSError as error:
            raise self._changed() from error
        if not same:
            file.close()
            raise self._changed()
        return file

    def _changed(self) -> Corrupt:
        return Corrupt("changed since it was opened", where=str(self.path), advice="Weigh it again.")
