"""Digests as text, `algorithm:hex`, checked before one is ever used (CVE-2024-3727: a digest used as a path)."""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

from deadweight.core.errors import Hostile

_SHAPE = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-f0-9]{32,128}")
_LENGTH = {"sha256": 64, "sha512": 128, "blake3": 64}


class Hash(Protocol):
    """A running digest."""

    def update(self, data: bytes, /) -> object:
        """Take these bytes too."""

    def hexdigest(self) -> str:
        """The digest of all bytes so far."""


def hashing(algorithm: str) -> Hash:
    """A running digest of an algorithm that `checked_digest` takes."""
    if algorithm == "blake3":
        from blake3 import blake3

        return blake3()
    return hashlib.new(algorithm)


def checked_digest(text: str, where: str) -> str:
    """Give the text back where it is a digest of a known algorithm and length, else raise Hostile."""
    algorithm, _, value = text.partition(":")
    if not _SHAPE.fullmatch(text) or _LENGTH.get(algorithm) != len(value):
        raise Hostile(
            f"{text[:100]!r} is not a digest",
            where=where,
            advice="A digest is sha256:<64 hex>, sha512:<128 hex> or blake3:<64 hex>.",
        )
    return text
