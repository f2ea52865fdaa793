"""Deflate (RFC 1951) unpacked piece by piece, with the manners of bz2, lzma and zstd."""

from __future__ import annotations

import zlib


class Inflater:
    """A Decompressor of one stream: raw, or as `window_bits` says to zlib.decompressobj."""

    def __init__(self, window_bits: int = -zlib.MAX_WBITS) -> None:
        self._zlib = zlib.decompressobj(window_bits)
        self._is_full = False

    @property
    def eof(self) -> bool:
        """Whether the final block is over."""
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more is put in; zlib may hold back output of what it has taken in."""
        return not self._is_full and not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What came after the final block."""
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next unpacked bytes."""
        piece = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self._is_full = len(piece) == max_length
        return piece
