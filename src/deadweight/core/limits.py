"""What an artifact may cost whoever opens it. Every limit counts what comes out, never what a header declares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one artifact; reaching one raises Hostile.

    `ratio` is unpacked over stored bytes of one compressed stream, looked at once `ratio_from` bytes came out.
    """

    entries: int = 3_000_000
    unpacked: int = 1 << 40
    ratio: int = 1_100
    ratio_from: int = 256 << 20
    metadata: int = 64 << 20
    depth: int = 512


DEFAULT_LIMITS = Limits()
