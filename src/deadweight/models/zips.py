"""A model file that is a zip: its members, checked, and where their bodies lie in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.core.seams import Opening
from deadweight.core.tensor import Storage
from deadweight.formats.zips.body import open_body
from deadweight.formats.zips.local import Place
from deadweight.formats.zips.methods import DEFLATED, STORED
from deadweight.formats.zips.reader import read_zip
from deadweight.models.window import Window, of_bytes, of_file, part_of

MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ModelZip:
    """An open zip: the places of its members by plain path, in the order of the file."""

    file: BinaryIO
    path: Path
    places: Mapping[str, Place]

    def body(self, name: str) -> bytes:
        """A small member, unpacked and checked; raises Corrupt for one that is over 64 MB."""
        place = self.places[name]
        if place.member.size > DEFAULT_LIMITS.metadata:
            raise Corrupt(f"{name!r} has {place.member.size} bytes", where=str(self.path))
        with open_body(self.file, place, str(self.path), DEFAULT_LIMITS) as body:
            return body.read()

    def window(self, name: str) -> Window:
        """A member by offset: where it is stored as it is, in the file itself; else unpacked."""
        place = self.places[name]
        where = f"{self.path}, {name}"
        if place.member.method == STORED:
            return part_of(of_file(self.file.fileno(), str(self.path)), place.start, place.member.size, where)
        return of_bytes(self.body(name), where)

    def start(self, name: str, length: int = 1 << 16) -> bytes:
        """The first bytes of a member, unpacked."""
        with open_body(self.file, self.places[name], str(self.path), DEFAULT_LIMITS) as body:
            return body.read(length)

    def storage(self, name: str) -> Storage:
        """The body of a member as a storage; raises Unknown where it is packed by anything but deflate."""
        place = self.places[name]
        if place.member.method not in (STORED, DEFLATED):
            raise Unknown(f"{name!r} is packed by method {place.member.method}", where=str(self.path))
        packing = "deflate" if place.member.method == DEFLATED else ""
        return Storage(name, self.path.name, place.start, place.member.packed, place.member.size, packing)

    def sizes(self, taken: set[str], known: Mapping[str, str]) -> dict[str, int]:
        """Stored bytes of the members that hold no tensors, by what `known` calls the end of their path."""
        found: dict[str, int] = {}
        for name, place in self.places.items():
            if name not in taken and place.member.packed:
                cause = next(
                    (cause for end, cause in known.items() if name.endswith(end) or end in name), "other members"
                )
                found[cause] = found.get(cause, 0) + place.member.packed
        return found


def opened(file: BinaryIO, path: Path) -> ModelZip:
    """The zip, every member held against its header; raises Corrupt and Hostile as for any zip."""
    return ModelZip(file, path, read_zip(file, str(path), Opening()).places)


def members(path: Path) -> frozenset[str]:
    """The names of a zip's members; raises as `opened` does for one that readers could disagree on."""
    with path.open("rb") as file:
        return frozenset(opened(file, path).places)
