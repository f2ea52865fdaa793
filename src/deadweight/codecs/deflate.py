"""Deflate (RFC 1951) unpacked piece by piece, with the manners of bz2, lzma and zstd."""

from __future__ import annotations

import zlib
from typing import Protocol, cast


class Inflater:
    """A Decompressor of one stream: raw, or as `window_bits` says to zlib.decompressobj; damage raises zlib.error."""

    def __init__(self, window_bits: int = -zlib.MAX_WBITS) -> None:
        self._inner, self._error = _started(window_bits)
        self._is_full = False

    @property
    def eof(self) -> bool:
        """Whether the final block is over."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more is put in; zlib may hold back output of what it has taken in."""
        return not self._is_full and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What came after the final block."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next unpacked bytes."""
        tail = self._inner.unconsumed_tail
        try:
            piece = self._inner.decompress(tail + data if tail else data, max_length)
        except self._error as error:
            raise zlib.error(str(error)) from error
        self._is_full = len(piece) == max_length
        return piece


class _Inner(Protocol):
    """What zlib and isal give."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _started(window_bits: int) -> tuple[_Inner, type[Exception]]:
    """ISA-L where it is installed (the extra `fast`): it unpacks in half the time of zlib."""
    try:
        from isal import igzip_lib, isal_zlib
    except ImportError:
        return zlib.decompressobj(window_bits), zlib.error
    return isal_zlib.decompressobj(window_bits), cast(type[Exception], igzip_lib.IsalError)  # its stubs say an instance
