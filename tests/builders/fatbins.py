"""Fatbin containers, byte for byte as the CUDA linker lays them out, and libraries that hold them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from builders.elves import Blueprint, Piece, built, text
from deadweight.native.fatbin import CONTAINER, CUBIN, ENTRY, MAGIC, PTX

LINKER = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """One entry to write; `specific` makes it sm_NNa, `head` is the size of its header."""

    architecture: int
    kind: int = CUBIN
    size: int = 4096
    specific: bool = False
    head: int = 64

    @property
    def payload(self) -> bytes:
        """Bytes that do not compress, the same for equal variants."""
        return random.Random(repr(self)).randbytes(self.size)


def cubin(architecture: int, size: int = 4096, specific: bool = False) -> Variant:
    """Machine code for an architecture; later ones have longer headers, as the linker writes them."""
    return Variant(architecture, CUBIN, size, specific, 112 if architecture >= 100 else 64)


def ptx(architecture: int, size: int = 4096) -> Variant:
    """Code that the driver compiles."""
    return Variant(architecture, PTX, size, head=96)


def container(*variants: Variant) -> bytes:
    """A container of these variants; payloads are padded to 8 bytes."""
    body = b"".join(map(_entry, variants))
    return CONTAINER.pack(MAGIC, 1, CONTAINER.size, len(body)) + body


def _entry(one: Variant) -> bytes:
    padded = -(-one.size // 8) * 8
    flags = 0x8011 | (0x100000 if one.specific else 0)
    fields = (one.kind, 0x101, one.head, padded, one.size, 64 if one.head > 64 else 0, 8, 1, one.architecture)
    head = ENTRY.pack(*fields, 0, 0, flags, 0, one.size * 3)
    return head.ljust(one.head, b"\1") + one.payload.ljust(padded, b"\0")


def cuda_library(containers: Sequence[bytes], data: bytes = b"", linkable: bytes = b"") -> bytes:
    """A shared library with these containers, other data, and code that could be linked again."""
    loaded = [
        text(),
        Piece(".nv_fatbin", flags=2, body=b"".join(containers), alignment=8),
        Piece(".data", flags=3, body=data, alignment=8),
        Piece("__nv_relfatbin", flags=2, body=linkable, alignment=8),
    ]
    pieces = [piece for piece in loaded if piece.body]
    return built(Blueprint(pieces, len(pieces)))
