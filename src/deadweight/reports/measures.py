"""Bytes, seconds and shares as a person reads them."""

from __future__ import annotations

_UNITS = ("kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Bytes in decimal units with three figures or so: 999 B, 1.2 kB, 43.7 MB, 2.53 GB."""
    sign = "-" if count < 0 else ""
    amount = float(abs(count))
    if amount < 1000:
        return f"{sign}{abs(count)} B"
    for unit in _UNITS:
        amount /= 1000
        if amount < 999.95 or unit == _UNITS[-1]:
            break
    return f"{sign}{amount:.2f} {unit}" if amount < 10 and unit in ("GB", "TB") else f"{sign}{amount:.1f} {unit}"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def times(before: int, after: int) -> str:
    """How many times smaller."""
    return f"{before / after:.2f}x" if after else "all of it"


def smaller(before: int, after: int) -> str:
    """How many times smaller, or bigger, as what was made of something may be."""
    if before == after:
        return "as big"
    return f"{times(before, after)} smaller" if after < before else f"{times(after, before)} bigger"


def bar(part: int, whole: int, width: int) -> str:
    """A bar of eighth blocks."""
    eighths = round(8 * width * part / whole) if whole > 0 and part > 0 else 0
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]
