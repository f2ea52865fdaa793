"""Unpacks one member of a zip as it is read: the size, the checksum and the end of the packed data are checked."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from deadweight.codecs.decompression import Decompressor
from deadweight.core.errors import Corrupt, Hostile, Unknown
from deadweight.core.limits import Limits
from deadweight.formats.zips.local import Place
from deadweight.formats.zips.methods import LZMA, damage, unpacker

_CHUNK = 1 << 18
_SMALL = 1 << 13
_LZMA_HEADER = 9


def open_body(file: BinaryIO, place: Place, where: str, limits: Limits) -> BinaryIO:
    """The unpacked body of a member of the open zip, read forward only.

    Raises Unknown for a compression that is not known. A read raises Corrupt where the body is not as long as
    declared, its checksum is wrong or the packed data do not end where they should; Hostile beyond the limits.
    """
    body = _ZipBody(file, place, f"{where}/{place.member.name}", limits)
    return io.BufferedReader(body, min(_CHUNK, max(place.member.size, _SMALL)))


class _ZipBody(io.RawIOBase):
    def __init__(self, file: BinaryIO, place: Place, where: str, limits: Limits) -> None:
        self._file, self._member, self._where, self._limits = file, place.member, where, limits
        self._at, self._left = place.start, place.member.packed
        header = self._packed(_LZMA_HEADER) if place.member.method == LZMA else b""
        self._unpacker = self._chosen(header)
        self._crc = self._given = 0
        self._over = False

    def _chosen(self, header: bytes) -> Decompressor | None:
        try:
            return unpacker(self._member.method, header)
        except damage(self._member.method) as error:
            raise self._corrupt(f"the packed data are damaged ({error})") from error
        except Unknown as error:
            raise Unknown(error.what, where=self._where, advice="Pack it with deflate.") from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants any Buffer
        if self._over or not len(buffer):
            return 0
        piece = self._piece(min(len(buffer), _CHUNK))
        self._crc = zlib.crc32(piece, self._crc)
        self._given += len(piece)
        self._check_growth()
        if not piece:
            self._check_end()
        buffer[: len(piece)] = piece
        return len(piece)

    def _piece(self, length: int) -> bytes:
        if self._unpacker is None:
            return self._packed(length)
        try:
            return self._unpacked(self._unpacker, length)
        except damage(self._member.method) as error:
            raise self._corrupt(f"the packed data are damaged ({error})") from error

    def _unpacked(self, source: Decompressor, length: int) -> bytes:
        while not source.eof:
            asks = source.needs_input
            packed = self._packed(_CHUNK) if asks else b""
            piece = source.decompress(packed, length)
            if piece:
                return piece
            if asks and not packed:
                break
        return b""

    def _packed(self, length: int) -> bytes:
        self._file.seek(self._at)
        piece = self._file.read(min(length, self._left))
        self._at += len(piece)
        self._left -= len(piece)
        return piece

    def _check_growth(self) -> None:
        member, limits = self._member, self._limits
        if self._given > limits.unpacked:
            raise Hostile(f"over {limits.unpacked} bytes come out", where=self._where)
        if self._given > limits.ratio_from and self._given > limits.ratio * member.packed:
            raise Hostile(f"over {limits.ratio} times its stored bytes come out", where=self._where)
        if self._given > member.size:
            raise self._corrupt(f"more than the declared {member.size} bytes come out")

    def _check_end(self) -> None:
        self._over = True
        if self._given != self._member.size:
            raise self._corrupt(f"{self._given} of {self._member.size} declared bytes come out")
        if self._crc != self._member.crc:
            raise self._corrupt("the checksum is wrong")
        if self._left or (self._unpacker is not None and self._unpacker.unused_data):
            raise self._corrupt("other data are hidden after its end")

    def _corrupt(self, what: str) -> Corrupt:
        return Corrupt(what, where=self._where, advice="The archive is damaged or was made to deceive: fetch it again.")
