"""Pickles that are compressed as a whole, as joblib writes them."""

from __future__ import annotations

import zlib
from pathlib import Path

from deadweight.codecs.detection import codec_named, detect
from deadweight.core.errors import Corrupt, DeadweightError
from deadweight.core.limits import DEFAULT_LIMITS


def packed_with(head: bytes) -> str:
    """The name of what packs the file as a whole, empty for nothing."""
    if head[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        return "zlib"
    name = detect(head).name
    return "" if name == "store" else name


def unpacked(path: Path, packed: str) -> bytes:
    """What comes out of a compressed file, up to the limit for metadata."""
    most = DEFAULT_LIMITS.metadata * 4
    with path.open("rb") as file:
        try:
            if packed == "zlib":
                body = zlib.decompressobj().decompress(file.read(), most + 1)
            else:
                body = codec_named(packed).reader(file).read(most + 1)
        except zlib.error as error:
            raise Corrupt(f"what packs it is damaged ({error})", where=str(path)) from error
    if len(body) > most:
        raise DeadweightError(f"over {most} bytes come out of it", where=str(path), advice="Unpack it first.")
    return body
