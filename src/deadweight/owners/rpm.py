"""Packages of Fedora, Red Hat, SUSE and their children: the sqlite and ndb databases of rpm."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TypeVar

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import Claim
from deadweight.core.seams import Cataloger
from deadweight.owners.rpm_header import NAME, Header, file_paths, full_version, header_of
from deadweight.owners.system_packages import Package, database_claim, package_claims

DATABASES = ("usr/lib/sysimage/rpm", "usr/share/rpm", "var/lib/rpm")
T = TypeVar("T")
_MOST_STEPS = 50_000_000
_NDB_SLOT = struct.Struct("<4sIII")
_NDB_PAGE = 4096


def claims(listing: Listing) -> Iterator[Claim | Gap]:
    """What each package lists, and the database itself."""
    gaps = list(_berkeley(listing))
    yield from package_claims(listing, _packages(listing, gaps))
    yield from database_claim(listing, "rpm", *DATABASES)
    yield from gaps


def _berkeley(listing: Listing) -> Iterator[Gap]:
    for place in DATABASES:
        if f"{place}/Packages" in listing:
            yield Gap("attribute", f"{place}/Packages", "a Berkeley DB of rpm before 4.16 is not read")


def _packages(listing: Listing, gaps: list[Gap]) -> Iterator[Package]:
    return installed(listing, gaps, package_of)


def installed(listing: Listing, gaps: list[Gap], reading: Callable[[Header, str], T]) -> Iterator[T]:
    """What the reading makes of the header of each package and the path of its database.

    Why a database cannot be read to its end is put aside.
    """
    for path in sorted(listing.small):
        blobs = next((read for name, read in _READERS.items() if path.endswith(name)), None)
        try:
            for blob in blobs(listing.small[path]) if blobs else ():
                yield reading(header_of(blob), path)
        except Corrupt as error:
            gaps.append(Gap("attribute", path, error.what))


def package_of(header: Header, source: str) -> Package:
    """The package of a header; raises Corrupt where it is damaged."""
    return Package(header.text(NAME), full_version(header), tuple(file_paths(header)), source)


def sqlite_blobs(body: bytes) -> Iterator[bytes]:
    """The headers that an sqlite database of rpm holds; raises Corrupt where it is none.

    A database in write-ahead mode cannot be opened from memory, so its two version bytes are set to the other mode
    (SQLite file format, 1.3).
    """
    import sqlite3

    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(body[:18] + b"\1\1" + body[20:])
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_progress_handler(lambda: 1, _MOST_STEPS)
        for (blob,) in connection.execute("SELECT blob FROM Packages ORDER BY hnum"):
            yield bytes(blob)
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise Corrupt(f"the database of rpm cannot be read: {error}") from error
    finally:
        connection.close()


def ndb_blobs(body: bytes) -> Iterator[bytes]:
    """The headers that an ndb database of rpm holds; raises Corrupt where it is none.

    Pages of slots of 16 bytes, the first two of them the head of the file; a slot tells the block of 16 bytes where
    a blob begins, after a head of its own (rpm, lib/backend/ndb/rpmpkg.c).
    """
    if len(body) < 2 * _NDB_SLOT.size or body[:4] != b"RpmP":
        raise Corrupt("the database of rpm is no ndb")
    pages = int.from_bytes(body[12:16], "little")
    slots = body[2 * _NDB_SLOT.size : pages * _NDB_PAGE]
    for magic, package, block, _ in _NDB_SLOT.iter_unpack(slots[: len(slots) // 16 * 16]):
        if magic != b"Slot":
            raise Corrupt("a slot of the database of rpm is damaged")
        if package:
            yield _ndb_blob(body, package, block)


def _ndb_blob(body: bytes, package: int, block: int) -> bytes:
    begin = (block + 1) * _NDB_SLOT.size
    head = body[begin - _NDB_SLOT.size : begin]
    if len(head) < _NDB_SLOT.size or head[:8] != b"BlbS" + package.to_bytes(4, "little"):
        raise Corrupt("a blob of the database of rpm is damaged")
    return body[begin : begin + int.from_bytes(head[12:16], "little")]


_READERS = MappingProxyType({"/rpmdb.sqlite": sqlite_blobs, "/rpm/Packages.db": ndb_blobs})

CATALOGER: Cataloger = Cataloger(
    name="rpm",
    reads=tuple(f"{place}/{name}" for place in DATABASES for name in ("rpmdb.sqlite", "Packages.db")),
    claims=claims,
)
