"""Tars made by the standard library, by hand, and packed by every codec."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deadweight.codecs.detection import codec_named
from deadweight.formats.tars.header import BLOCK, padded

_TYPES = {
    "file": tarfile.REGTYPE,
    "directory": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "character": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One member of a tar to be made."""

    name: str
    body: bytes = b""
    kind: str = "file"
    target: str = ""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: float = 0
    device: tuple[int, int] = (0, 0)
    pax: Mapping[str, str] = field(default_factory=dict)


def tar_of(items: Iterable[Item | tuple[str, bytes]], style: int = tarfile.PAX_FORMAT) -> bytes:
    """The tar of these members as the standard library writes it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=style, encoding="utf-8", errors="surrogateescape") as tar:
        for one in items:
            item = one if isinstance(one, Item) else Item(*one)
            tar.addfile(_info(item), io.BytesIO(item.body))
    return made.getvalue()


def packed(body: bytes, codec: str) -> bytes:
    """The bytes as the codec packs them."""
    made = io.BytesIO()
    with codec_named(codec).writer(made, codec_named(codec).level) as writer:
        writer.write(body)
    return made.getvalue()


def block(name: bytes, size: int = 0, flag: bytes = b"0", **fields: bytes) -> bytes:
    """One header block by hand; `fields` are written over the usual ones, and the checksum is right."""
    made = bytearray(BLOCK)
    usual = {
        "name": name,
        "mode": b"0000644\0",
        "uid": b"0000000\0",
        "gid": b"0000000\0",
        "size": b"%011o\0" % size,
        "mtime": b"00000000000\0",
        "flag": flag,
        "magic": b"ustar\x0000",
    }
    for key, value in {**usual, **fields}.items():
        start = _PLACES[key]
        made[start : start + len(value)] = value
    return with_checksum(bytes(made))


def with_checksum(made: bytes) -> bytes:
    """The block with a right checksum."""
    blanked = made[:148] + b" " * 8 + made[156:]
    return made[:148] + b"%06o\0 " % sum(blanked) + made[156:]


def member(header: bytes, body: bytes = b"") -> bytes:
    """A header and its body, padded."""
    return header + body.ljust(padded(len(body)), b"\0")


END = bytes(2 * BLOCK)

_PLACES = {
    "name": 0,
    "mode": 100,
    "uid": 108,
    "gid": 116,
    "size": 124,
    "mtime": 136,
    "flag": 156,
    "link": 157,
    "magic": 257,
    "prefix": 345,
    "sparse": 386,
    "extended": 482,
    "realsize": 483,
    "star": 508,
}


def _info(item: Item) -> tarfile.TarInfo:
    info = tarfile.TarInfo(item.name)
    info.type = _TYPES[item.kind]
    info.size = len(item.body)
    info.linkname = item.target
    info.mode, info.uid, info.gid, info.mtime = item.mode, item.uid, item.gid, item.mtime
    info.devmajor, info.devminor = item.device
    info.pax_headers = dict(item.pax)
    return info
