"""Zips as other tools make them, and zips with any byte of any header wrong."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


def wheel_files(files: Mapping[str, bytes], name: str = "thing", version: str = "1.0") -> dict[str, bytes]:
    """The files of a wheel with a true RECORD."""
    info = f"{name}-{version}.dist-info"
    held = dict(files)
    held[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    held[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    held[f"{info}/RECORD"] = record_of(held, f"{info}/RECORD")
    return held


def record_of(files: Mapping[str, bytes], record: str) -> bytes:
    """RECORD as the packaging specification has it."""
    lines = io.StringIO(newline="")
    import csv

    writer = csv.writer(lines, lineterminator="\n")
    for path, body in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
        writer.writerow([path, f"sha256={digest}", len(body)])
    writer.writerow([record, "", ""])
    return lines.getvalue().encode()


def zip_of(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip written by zipfile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


@dataclass
class Part:
    """One member with both of its headers; a field of `local` or `central` overrides what is true."""

    name: bytes
    body: bytes = b""
    method: int = 8
    flags: int = 0
    attributes: int = 0o100644 << 16
    extra: bytes = b""
    local: dict[str, bytes | int] = field(default_factory=dict)
    central: dict[str, bytes | int] = field(default_factory=dict)
    stored: bytes | None = None
    after: bytes = b""
    hidden: bool = False

    def packed(self) -> bytes:
        if self.stored is not None:
            return self.stored
        if self.method != 8:
            return self.body
        packing = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packing.compress(self.body) + packing.flush()

    def said(self, override: Mapping[str, bytes | int], offset: int) -> dict[str, bytes | int]:
        true: dict[str, bytes | int] = {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.body),
            "packed": len(self.packed()),
            "size": len(self.body),
            "extra": self.extra,
            "offset": offset,
            "disk": 0,
        }
        return {**true, **override}


def raw_zip(
    path: Path,
    parts: Sequence[Part],
    prefix: bytes = b"",
    comment: bytes = b"",
    trailing: bytes = b"",
    end: Mapping[str, int] | None = None,
) -> Path:
    """A zip byte by byte."""
    out = bytearray(prefix)
    offsets = []
    for part in parts:
        offsets.append(len(out))
        out += _local(part.said(part.local, 0)) + part.packed() + part.after
    start = len(out)
    for part, offset in zip(parts, offsets, strict=True):
        if not part.hidden:
            out += _central(part.said(part.central, offset), part.attributes)
    count = sum(1 for part in parts if not part.hidden)
    said = {"count": count, "size": len(out) - start, "offset": start, "disk": 0, **(end or {})}
    out += struct.pack(
        "<4sHHHHIIH",
        b"PK\5\6",
        said["disk"],
        0,
        said["count"],
        said["count"],
        said["size"],
        said["offset"],
        len(comment),
    )
    path.write_bytes(bytes(out) + comment + trailing)
    return path


def descriptor(part: Part, signed: bool = True, crc: int | None = None) -> bytes:
    """What follows a body whose sizes were not known before."""
    values = (zlib.crc32(part.body) if crc is None else crc, len(part.packed()), len(part.body))
    return (b"PK\7\x08" if signed else b"") + struct.pack("<III", *values)


def parts_of(files: Iterable[tuple[str, bytes]]) -> list[Part]:
    """Honest members."""
    return [Part(name.encode(), body) for name, body in files]


def _local(said: Mapping[str, bytes | int]) -> bytes:
    name, extra = bytes(said["name"]), bytes(said["extra"])
    numbers = [said[key] for key in ("flags", "method")]
    sizes = [said[key] for key in ("crc", "packed", "size")]
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, *numbers, 0, 0x21, *sizes, len(name), len(extra))
    return head + name + extra


def _central(said: Mapping[str, bytes | int], attributes: int) -> bytes:
    name, extra = bytes(said["name"]), bytes(said["extra"])
    numbers = [said[key] for key in ("flags", "method")]
    sizes = [said[key] for key in ("crc", "packed", "size")]
    head = struct.pack("<4sBBHHHHHIIIHH", b"PK\1\2", 20, 3, 20, *numbers, 0, 0x21, *sizes, len(name), len(extra))
    return head + struct.pack("<HHHII", 0, said["disk"], 0, attributes, said["offset"]) + name + extra
