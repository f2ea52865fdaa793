"""Opens a tree: an entry for each thing in it, a digest for each body, one digest for the whole.

The bytes of a tree are the apparent bytes of its files, holes left out and each hard-linked body counted once, and
the texts of its symbolic links (overhead "links"). Directories, names and attributes count nothing: this is what
`du --apparent-size` says of everything but directories.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Hostile, Lacking
from deadweight.core.gap import Gap
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory
from deadweight.core.progress import Progress
from deadweight.core.seams import Opening
from deadweight.formats.trees.contents import TreeContents, check_unchanged, identity, open_file, opened_root
from deadweight.formats.trees.holes import data_ranges
from deadweight.formats.trees.unread import UNREAD
from deadweight.formats.trees.walk import Node, Walk, extended, walk

_THREADS = 2
_CHUNK = 1 << 20
_KINDS = {
    stat.S_IFREG: Kind.FILE,
    stat.S_IFDIR: Kind.DIRECTORY,
    stat.S_IFLNK: Kind.SYMLINK,
    stat.S_IFCHR: Kind.CHARACTER,
    stat.S_IFBLK: Kind.BLOCK,
    stat.S_IFIFO: Kind.FIFO,
}


@dataclass(frozen=True, slots=True)
class Body:
    """What one reading of a file's body gave; `unread` is the reason where it could not be read."""

    digest: str = ""
    head: bytes = b""
    stored: int = 0
    xattrs: tuple[tuple[str, bytes], ...] = ()
    kept: bytes | None = None
    unread: str = ""


def open_tree(path: Path, opening: Opening, format_name: str) -> Artifact:
    """Every entry below the directory, hashed; nothing in it is followed or changed.

    Raises Corrupt where a file changes while it is read, Hostile for a tree beyond the limits.
    """
    root = path.absolute()
    with opened_root(root) as opened:
        status = os.fstat(opened)
        walked = walk(opened, str(path), opening.limits)
        firsts = _first_paths(walked.nodes)
        wanted = _wanted(walked.nodes, firsts, opening, str(path))
        files = [node for node in walked.nodes if _body_path(node, firsts) == node.path]
        bodies = _read_bodies(opened, str(path), (files, frozenset(wanted.values())), opening.progress)
    entries = tuple(_entry(node, firsts, bodies) for node in walked.nodes)
    identities = {node.path: identity(node.status) for node in files}
    return Artifact(
        format=format_name,
        location=str(path),
        digest=listing_digest(entries),
        inventory=_inventory(entries),
        contents=TreeContents(root, (status.st_dev, status.st_ino), identities),
        small={name: bodies[first].kept or b"" for name, first in wanted.items() if not bodies[first].unread},
        gaps=_gaps(walked, bodies),
    )


def listing_digest(entries: Iterable[Entry]) -> str:
    """One digest of a sorted listing: path, kind, mode, size, link target and body of each entry, no times."""
    whole = blake3()
    for entry in entries:
        fields = (entry.path, entry.kind.value, oct(entry.mode), str(entry.size), entry.target, entry.digest)
        whole.update(os.fsencode("\0".join(fields) + "\0"))
    return f"blake3:{whole.hexdigest()}"


def _first_paths(nodes: Iterable[Node]) -> Mapping[tuple[int, int], str]:
    """The first path of each body that has several names."""
    firsts: dict[tuple[int, int], str] = {}
    for node in nodes:
        if node.status.st_nlink > 1 and stat.S_ISREG(node.status.st_mode):
            firsts.setdefault((node.status.st_dev, node.status.st_ino), node.path)
    return firsts


def _body_path(node: Node, firsts: Mapping[tuple[int, int], str]) -> str:
    """The path under which a file's body is read, empty for what is no file."""
    if not stat.S_ISREG(node.status.st_mode):
        return ""
    return firsts.get((node.status.st_dev, node.status.st_ino), node.path)


def _wanted(
    nodes: Iterable[Node], firsts: Mapping[tuple[int, int], str], opening: Opening, where: str
) -> Mapping[str, str]:
    """The files whose bodies the opener wants, under each of their names, with the path under which it is read."""
    matches = matcher(opening.keep)
    wanted = [node for node in nodes if matches(node.path) and _body_path(node, firsts)]
    if sum(node.status.st_size for node in wanted) > opening.limits.metadata:
        raise Hostile(f"over {opening.limits.metadata} bytes of metadata", where=where)
    return {node.path: _body_path(node, firsts) for node in wanted}


def _read_bodies(
    root: int, where: str, chosen: tuple[Sequence[Node], frozenset[str]], progress: Progress
) -> Mapping[str, Body]:
    files, kept = chosen
    bodies: dict[str, Body] = {}
    progress.start(f"reading {where}", sum(node.status.st_size for node in files))
    for node, body in _read_all(files, lambda node: _read_body(root, where, node, node.path in kept)):
        bodies[node.path] = body
        progress.advance(node.status.st_size)
    progress.finish()
    return bodies


def _read_all(files: Sequence[Node], read: Callable[[Node], Body]) -> Iterator[tuple[Node, Body]]:
    """Each file with its body: large ones in threads of their own, small ones here meanwhile.

    Measured: threads that share small files wait for each other and are a third slower than one alone.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        large = [node for node in files if node.status.st_size > _CHUNK]
        bodies = pool.map(read, large)
        yield from ((node, read(node)) for node in files if node.status.st_size <= _CHUNK)
        yield from zip(large, bodies, strict=True)


def _read_body(root: int, where: str, node: Node, keep: bool) -> Body:
    expected = identity(node.status)
    try:
        opened = open_file(root, node.path, where)
    except Lacking:
        return Body(stored=node.status.st_size, unread="the file may not be read")
    try:
        check_unchanged(opened, expected, f"{where}/{node.path}")
        read = _small_body if node.status.st_size <= _CHUNK else _large_body
        digest, head, kept = read(opened, keep)
        status = check_unchanged(opened, expected, f"{where}/{node.path}")
        return Body(digest, head, _data_bytes(opened, status), extended(opened), kept)
    except OSError as error:
        return Body(stored=node.status.st_size, unread=f"the file cannot be read: {error.strerror}")
    finally:
        os.close(opened)


def _small_body(opened: int, keep: bool) -> tuple[str, bytes, bytes | None]:
    body = b"".join(iter(lambda: os.read(opened, _CHUNK), b""))
    return f"blake3:{blake3(body).hexdigest()}", body[:16], body if keep else None


def _large_body(opened: int, keep: bool) -> tuple[str, bytes, bytes | None]:
    hasher, head, kept = blake3(), b"", bytearray()
    while chunk := os.read(opened, _CHUNK):
        hasher.update(chunk)
        head = head or chunk[:16]
        if keep:
            kept += chunk
    return f"blake3:{hasher.hexdigest()}", head, bytes(kept) if keep else None


def _data_bytes(opened: int, status: os.stat_result) -> int:
    """The bytes of a file without its holes.

    Fewer blocks than bytes may also mean a compressing file system or an inlined body, so the holes are counted.
    """
    if status.st_blocks * 512 >= status.st_size:
        return status.st_size
    return sum(end - start for start, end in data_ranges(opened, status.st_size))


def _entry(node: Node, firsts: Mapping[tuple[int, int], str], bodies: Mapping[str, Body]) -> Entry:
    status = node.status
    kind, target = _KINDS[stat.S_IFMT(status.st_mode)], node.target
    if kind is Kind.FILE and node.path not in bodies:
        kind, target = Kind.HARDLINK, firsts[status.st_dev, status.st_ino]
    body = bodies.get(node.path, Body())
    special = kind in (Kind.CHARACTER, Kind.BLOCK)
    return Entry(
        path=node.path,
        kind=kind,
        size=status.st_size if kind is Kind.FILE else 0,
        stored=body.stored,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        mtime=_seconds(status.st_mtime_ns),
        atime=_seconds(status.st_atime_ns),
        target=target,
        digest=body.digest,
        head=body.head,
        xattrs=body.xattrs or node.xattrs,
        device=(os.major(status.st_rdev), os.minor(status.st_rdev)) if special else (0, 0),
    )


def _seconds(nanoseconds: int) -> float:
    """As a float that never rounds up to the next second: bytecode is checked against whole seconds."""
    seconds = nanoseconds / 1_000_000_000
    return seconds if seconds < nanoseconds // 1_000_000_000 + 1 else math.nextafter(seconds, -math.inf)


def _inventory(entries: tuple[Entry, ...]) -> Inventory:
    links = sum(len(os.fsencode(entry.target)) for entry in entries if entry.kind is Kind.SYMLINK)
    return Inventory(entries, (), {"links": links}, sum(entry.stored for entry in entries) + links)


def _gaps(walked: Walk, bodies: Mapping[str, Body]) -> tuple[Gap, ...]:
    unread = (Gap(UNREAD, path, body.unread) for path, body in bodies.items() if body.unread)
    return (*walked.gaps, *unread)
