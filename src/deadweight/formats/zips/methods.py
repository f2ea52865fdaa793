"""The compression methods of a zip: bytes in, unpacked bytes out (APPNOTE.TXT 4.4.5)."""

from __future__ import annotations

import lzma
import struct
import zlib

from deadweight.codecs.decompression import Decompressor
from deadweight.codecs.deflate import Inflater
from deadweight.codecs.zstd import library
from deadweight.core.errors import Unknown

STORED, DEFLATED, BZIP2, LZMA, ZSTD = 0, 8, 12, 14, 93


def unpacker(method: int, header: bytes) -> Decompressor | None:
    """The unpacker of a method, None for stored bodies; `header` is what stands before an LZMA body.

    Raises Unknown for a method that deadweight does not read.
    """
    if method == STORED:
        return None
    if method == DEFLATED:
        return Inflater()
    if method == BZIP2:
        import bz2

        return bz2.BZ2Decompressor()
    if method == ZSTD:
        made: Decompressor = library().ZstdDecompressor()
        return made
    if method == LZMA:
        return _lzma(header)
    raise Unknown(f"the compression method {method} is not known")


def _lzma(header: bytes) -> Decompressor:
    """Source: APPNOTE.TXT 5.8.8: version, length and the five bytes of LZMA properties."""
    if len(header) < 9 or header[2:4] != b"\5\0" or header[4] >= 225:
        raise lzma.LZMAError("its header is damaged")
    (dictionary,) = struct.unpack_from("<I", header, 5)
    rest, literal_context = divmod(header[4], 9)
    position, literal_position = divmod(rest, 5)
    chain = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(4096, min(dictionary, 256 << 20)),
        "lc": literal_context,
        "lp": literal_position,
        "pb": position,
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chain])


def damage(method: int) -> tuple[type[Exception], ...]:
    """What the unpacker of a method raises for damaged data."""
    raised = (zlib.error, lzma.LZMAError, OSError, EOFError)
    return (*raised, library().ZstdError) if method == ZSTD else raised
