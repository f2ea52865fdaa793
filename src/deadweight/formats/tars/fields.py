"""One tar header, written: ustar where it fits, PAX records for what it cannot hold (POSIX.1-2024, pax)."""

from __future__ import annotations

import math
import struct

from deadweight.core.entry import Entry, Kind
from deadweight.formats.tars.header import padded

_FIELDS = struct.Struct("100s8s8s8s12s12s8sc100s6s2s32s32s8s8s155s12x")
_FLAGS = {
    Kind.FILE: b"0",
    Kind.HARDLINK: b"1",
    Kind.SYMLINK: b"2",
    Kind.CHARACTER: b"3",
    Kind.BLOCK: b"4",
    Kind.DIRECTORY: b"5",
    Kind.FIFO: b"6",
    Kind.WHITEOUT: b"0",
    Kind.OPAQUE: b"0",
}
_NAME, _PREFIX = 100, 155
_SEVEN_DIGITS = 8**7 - 1
_ELEVEN_DIGITS = 8**11 - 1


def tar_header(entry: Entry) -> bytes:
    """The header blocks of one entry: a ustar block, after a PAX one where the entry needs it.

    Names are stored as their bytes; owners are numbers only, so the same entry gives the same header anywhere.
    """
    name, link = _encoded(member_name(entry)), _encoded(entry.target)
    records = _records(entry, name, link)
    block = _block(entry, name, link, _FLAGS[entry.kind])
    if not records:
        return block
    body = b"".join(_record(key, records[key]) for key in sorted(records))
    extension = Entry("", Kind.FILE, size=len(body))
    head = _block(extension, b"PaxHeaders/" + name.rstrip(b"/").rpartition(b"/")[2][:80], b"", b"x")
    return head + body.ljust(padded(len(body)), b"\0") + block


def file_header(name: str, size: int) -> bytes:
    """The header of a file, as long as its name makes it: room for it can be kept before the size is known.

    A size over 8 GiB is in base 256, which GNU tar, Go, libarchive and Python read.
    """
    block = _block(Entry(name, Kind.FILE, size=size), _encoded(name), b"", _FLAGS[Kind.FILE])
    if size > _ELEVEN_DIGITS:
        block = _summed(block[:124] + (size | 1 << 95).to_bytes(12, "big") + block[136:])
    return tar_header(Entry(name, Kind.FILE))[: -len(block)] + block


def member_name(entry: Entry) -> str:
    """The name that a tar member of the entry has: folders end in a slash, whiteouts are spelled as OCI does."""
    if entry.kind is Kind.WHITEOUT:
        return f"{entry.directory}/.wh.{entry.name}".lstrip("/")
    if entry.kind is Kind.OPAQUE:
        return f"{entry.path}/.wh..wh..opq".lstrip("/")
    if entry.kind is Kind.DIRECTORY:
        return f"{entry.path or '.'}/"
    return entry.path


def _records(entry: Entry, name: bytes, link: bytes) -> dict[bytes, bytes]:
    records = {b"SCHILY.xattr." + _encoded(key): value for key, value in entry.xattrs}
    if not name.isascii() or _split(name) is None:
        records[b"path"] = name
    if not link.isascii() or len(link) > _NAME:
        records[b"linkpath"] = link
    for key, value, most in ((b"uid", entry.uid, _SEVEN_DIGITS), (b"gid", entry.gid, _SEVEN_DIGITS)):
        if value > most:
            records[key] = b"%d" % value
    if entry.kind is Kind.FILE and entry.size > _ELEVEN_DIGITS:
        records[b"size"] = b"%d" % entry.size
    if not 0 <= entry.mtime <= _ELEVEN_DIGITS or entry.mtime != int(entry.mtime):
        records[b"mtime"] = _decimal(entry.mtime)
    if not all(_is_utf8(records.get(key, b"")) for key in (b"path", b"linkpath")):
        records[b"hdrcharset"] = b"BINARY"
    return records


def _block(entry: Entry, name: bytes, link: bytes, flag: bytes) -> bytes:
    prefix, base = _split(name) or (b"", name[:_NAME])
    seconds = math.floor(entry.mtime)
    fields = (
        base,
        b"%07o\0" % (entry.mode & 0o7777),
        b"%07o\0" % _fitting(entry.uid, _SEVEN_DIGITS),
        b"%07o\0" % _fitting(entry.gid, _SEVEN_DIGITS),
        b"%011o\0" % _fitting(entry.size if entry.kind is Kind.FILE else 0, _ELEVEN_DIGITS),
        b"%011o\0" % _fitting(seconds, _ELEVEN_DIGITS),
        b" " * 8,
        flag,
        link[:_NAME],
        b"ustar\0",
        b"00",
        b"",
        b"",
        b"%07o\0" % entry.device[0],
        b"%07o\0" % entry.device[1],
        prefix,
    )
    return _summed(_FIELDS.pack(*fields))


def _summed(block: bytes) -> bytes:
    """The block with its checksum, which is summed up over spaces."""
    blanked = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(blanked) + block[156:]


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """The name as ustar's prefix and name, None where they cannot hold it."""
    if len(name) <= _NAME:
        return b"", name
    slash = name.rfind(b"/", 0, min(len(name) - 1, _PREFIX + 1))
    if slash <= 0 or len(name) - slash - 1 > _NAME:
        return None
    return name[:slash], name[slash + 1 :]


def _fitting(number: int, most: int) -> int:
    """The number where its field holds it, else 0: the PAX record says it."""
    return number if 0 <= number <= most else 0


def _record(key: bytes, value: bytes) -> bytes:
    """`length key=value`, the length counting its own digits."""
    bare = len(key) + len(value) + 3
    length = bare + len(str(bare))
    length = bare + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def _decimal(seconds: float) -> bytes:
    """The shortest decimal that reads back as the same number, never in scientific notation."""
    text = repr(seconds)
    return (f"{seconds:.9f}".rstrip("0").rstrip(".") if "e" in text else text).encode()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
