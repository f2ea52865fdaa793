"""Packages of conda: the files that conda-meta lists in each prefix."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.bytecode import beside_sources
from deadweight.owners.whereabouts import visible

_FOLDER = "conda-meta"


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""
    files: tuple[str, ...] = ()


def claims(listing: Listing) -> Iterator[Claim | Gap]:
    """What each package lists, its own record, and the bytecode that was made of its sources later."""
    known: dict[str, Owner] = {}
    decoder = msgspec.json.Decoder(_Package)
    for path in sorted(listing.small):
        folder, _, name = path.rpartition("/")
        if folder.rpartition("/")[2] != _FOLDER or not name.endswith(".json"):
            continue
        package = _decoded(decoder, listing.small[path])
        if package is None:
            yield Gap("attribute", path, "the record of a conda package is not the JSON that it should be")
            package = _Package()
        owner = Owner(OwnerKind.CONDA, package.name or name.rsplit("-", 2)[0], package.version)
        prefix = folder.removesuffix(_FOLDER)
        files = (path, *visible(listing, (f"{prefix}{file}" for file in package.files)))
        known |= dict.fromkeys(files, owner)
        yield Claim(owner, Basis.RECORDED, files, path)
    yield from beside_sources(listing, known)


def _decoded(decoder: msgspec.json.Decoder[_Package], body: bytes) -> _Package | None:
    """What a record says, None where it cannot be read."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


CATALOGER: Cataloger = Cataloger(name="conda", reads=(f"**/{_FOLDER}/*.json",), claims=claims)
