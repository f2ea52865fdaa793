"""Opens a zip: its members as entries, each body unpacked once, measured and hashed.

A member's stored bytes are its packed body; headers, the central directory, what stands before the archive and
between members, and the texts of symbolic links are overhead. Together they are the file, to the byte.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory
from deadweight.core.paths import MAX_PATH, parents, plain
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import identity
from deadweight.formats.zips.body import open_body
from deadweight.formats.zips.contents import ZipContents
from deadweight.formats.zips.directory import Member, read_central
from deadweight.formats.zips.local import Layout, Place, read_layout

_CHUNK = 1 << 20
_UNIX = 3


@dataclass(frozen=True, slots=True)
class OpenedZip:
    """An open zip, checked: its members by plain path, in the order of the file."""

    where: str
    opening: Opening
    layout: Layout
    places: Mapping[str, Place]
    end: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What a list inside of the archive says of a file: the digest in hexadecimal by an algorithm of hashlib."""

    algorithm: str
    digest: str
    size: int


def nothing_expected(file: BinaryIO, opened: OpenedZip) -> Mapping[str, Expected]:
    """A plain zip lists nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class ZipKind:
    """How to read one kind of zip: whether symbolic links are links, and what its own list expects of the files."""

    name: str
    links: bool
    expected: Callable[[BinaryIO, OpenedZip], Mapping[str, Expected]]


def open_zip(path: Path, opening: Opening, kind: ZipKind) -> Artifact:
    """Every member of the zip, unpacked once to measure, hash and check it.

    Raises Corrupt for a damaged zip, Hostile where two readers could see different things or for a bomb, Unknown for
    encryption.
    """
    where = str(path)
    taken = identity(path)
    with path.open("rb") as file:
        opened = read_zip(file, where, opening)
        entries, small = _read_entries(file, opened, kind)
        digest = _digest(file, opened.end)
    if identity(path) != taken:
        raise Corrupt("changed while it was read", where=where, advice="Stop what writes to it.")
    return Artifact(
        format=kind.name,
        location=where,
        digest=digest,
        inventory=_inventory(entries, opened),
        contents=ZipContents(path.absolute(), taken, opened.places, opening.limits),
        small=small,
    )


def read_zip(file: BinaryIO, where: str, opening: Opening) -> OpenedZip:
    """The members of an open zip, every one held against its header and its neighbours."""
    central = read_central(file, where, opening.limits)
    layout = read_layout(file, central, where)
    places = _by_path(layout.places, where, opening.limits.depth)
    return OpenedZip(where, opening, layout, places, central.end)


def kind_of(member: Member, links: bool) -> Kind:
    """What the member is; the file type is recorded by Unix alone."""
    if member.name.endswith("/"):
        return Kind.DIRECTORY
    file_type = stat.S_IFMT(member.attributes >> 16) if member.system == _UNIX else 0
    return Kind.SYMLINK if links and file_type == stat.S_IFLNK else Kind.FILE


def _by_path(places: Sequence[Place], where: str, depth: int) -> dict[str, Place]:
    """The members by plain path; raises Hostile where one path is there twice or below a file."""
    found: dict[str, Place] = {}
    for place in places:
        path = plain(place.member.name, where)
        if path in found:
            raise Hostile(f"{path!r} is there twice: readers would disagree on what it holds", where=where)
        if path.count("/") >= depth:
            raise Hostile(f"directories nested over {depth} deep", where=where)
        if not path and not place.member.name.endswith("/"):
            raise Hostile(f"{place.member.name!r} names no file", where=where)
        if path:
            found[path] = place
    for path in found:
        above = next((up for up in parents(path) if up in found), "")
        if above and not found[above].member.name.endswith("/"):
            raise Hostile(f"{path!r} lies below {above!r}, which is a file", where=where)
    return found


def _read_entries(file: BinaryIO, opened: OpenedZip, kind: ZipKind) -> tuple[tuple[Entry, ...], dict[str, bytes]]:
    """The entries sorted by path, and the bodies of the small files that the opener wants."""
    progress = opened.opening.progress
    progress.start(f"reading {opened.where}", sum(place.member.packed for place in opened.layout.places))
    reading = _Reading(file, opened, matcher(opened.opening.keep), kind.expected(file, opened))
    entries = []
    for path, place in opened.places.items():
        entries.append(reading.entry(path, place, kind_of(place.member, kind.links)))
        progress.advance(place.member.packed)
    progress.finish()
    return tuple(sorted(entries, key=lambda entry: entry.path)), reading.small


@dataclass(slots=True)
class _Reading:
    """One pass over the bodies, counting what comes out."""

    file: BinaryIO
    opened: OpenedZip
    keeps: Callable[[str], bool]
    expected: Mapping[str, Expected]
    small: dict[str, bytes] = field(default_factory=dict)
    unpacked: int = 0
    kept: int = 0

    def entry(self, path: str, place: Place, kind: Kind) -> Entry:
        member, mode = place.member, _mode(place.member, kind)
        if kind is Kind.SYMLINK:
            return Entry(path, kind, mode=mode, mtime=member.modified, target=self._target(place))
        digest, head = self._body(path, place, kind is Kind.FILE and self.keeps(path))
        if kind is Kind.DIRECTORY:
            if member.size:
                raise Hostile(f"the directory {path!r} has a body", where=self.opened.where)
            return Entry(path, kind, mode=mode, mtime=member.modified)
        body = (member.size, member.packed, mode)
        return Entry(path, kind, *body, mtime=member.modified, digest=digest, head=head, offset=place.start)

    def _body(self, path: str, place: Place, keep: bool) -> tuple[str, bytes]:
        hasher, listed, head = blake3(), self.expected.get(path), b""
        witness = hashlib.new(listed.algorithm) if listed else None
        kept: list[bytes] = []
        for chunk in self._chunks(place, keep):
            hasher.update(chunk)
            head = head or chunk[:16]
            if witness is not None:
                witness.update(chunk)
            if keep:
                kept.append(chunk)
        if listed and witness and (listed.digest, listed.size) != (witness.hexdigest(), place.member.size):
            raise Corrupt(f"{path!r} is not what the archive's own list says", where=self.opened.where)
        if keep:
            self.small[path] = b"".join(kept)
        return f"blake3:{hasher.hexdigest()}", head

    def _chunks(self, place: Place, keep: bool) -> Iterator[bytes]:
        limits, where = self.opened.opening.limits, self.opened.where
        body = open_body(self.file, place, where, limits)
        while chunk := body.read(_CHUNK):
            self.unpacked += len(chunk)
            self.kept += len(chunk) if keep else 0
            if self.unpacked > limits.unpacked:
                raise Hostile(f"over {limits.unpacked} bytes come out", where=where)
            if self.kept > limits.metadata:
                raise Hostile(f"over {limits.metadata} bytes of metadata", where=where)
            yield chunk

    def _target(self, place: Place) -> str:
        name, where = place.member.name, self.opened.where
        if place.member.size > MAX_PATH:
            raise Hostile(f"{name!r} is a link of {place.member.size} bytes", where=where)
        text = b"".join(self._chunks(place, keep=False))
        if not text or b"\0" in text:
            raise Hostile(f"the symbolic link {name!r} points nowhere", where=where)
        return text.decode("utf-8", "surrogateescape")


def _mode(member: Member, kind: Kind) -> int:
    if kind is Kind.SYMLINK:
        return 0o777
    recorded = stat.S_IMODE(member.attributes >> 16) if member.system == _UNIX else 0
    return recorded or (0o644 if kind is Kind.FILE else 0o755)


def _inventory(entries: tuple[Entry, ...], opened: OpenedZip) -> Inventory:
    linked = sum(opened.places[entry.path].member.packed for entry in entries if entry.kind is Kind.SYMLINK)
    stored = sum(entry.stored for entry in entries)
    overhead = {"prefix": opened.layout.prefix, "links": linked, "unreferenced": opened.layout.unreferenced}
    overhead["headers"] = opened.end - stored - sum(overhead.values())
    return Inventory(entries, (), {cause: size for cause, size in overhead.items() if size}, opened.end)


def _digest(file: BinaryIO, size: int) -> str:
    file.seek(0)
    hasher, read = blake3(), 0
    while chunk := file.read(_CHUNK):
        hasher.update(chunk)
        read += len(chunk)
    if read != size:
        raise Corrupt("changed while it was read", where=getattr(file, "name", ""))
    return f"blake3:{hasher.hexdigest()}"
