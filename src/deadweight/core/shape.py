"""Which layers an image is written with."""

from __future__ import annotations

from enum import StrEnum


class Shape(StrEnum):
    """What is seen is the same in every shape.

    KEEP writes each layer that changes anew in its place. LAYERED keeps the lowest layers that nothing touches, byte
    for byte, and puts what remains of the rest into one layer on top. FLAT has one layer and no whiteout.
    """

    KEEP = "keep"
    LAYERED = "layered"
    FLAT = "flat"
