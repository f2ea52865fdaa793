"""Whether a stream shows colour, and whether a line on it can be drawn over."""

from __future__ import annotations

import os
from typing import TextIO


def in_colour(stream: TextIO) -> bool:
    """Whether the stream shows colour: a terminal that is not dumb, and no NO_COLOR (no-color.org)."""
    return draws(stream) and not os.environ.get("NO_COLOR")


def draws(stream: TextIO) -> bool:
    """Whether the stream is a terminal that obeys control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
