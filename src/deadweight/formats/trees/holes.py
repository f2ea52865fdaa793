"""The holes of a sparse file."""

from __future__ import annotations

import os
from collections.abc import Iterator


def data_ranges(opened: int, size: int) -> Iterator[tuple[int, int]]:
    """Where a file of `size` bytes has data, as (start, end), in order; what lies between are holes."""
    end = 0
    while end < size:
        try:
            start = os.lseek(opened, end, os.SEEK_DATA)
        except OSError:
            return  # ENXIO: nothing but a hole up to the end
        end = min(os.lseek(opened, start, os.SEEK_HOLE), size)
        yield start, end
