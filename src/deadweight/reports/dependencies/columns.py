"""Rows of text in aligned columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from deadweight.dependencies.bytes import Bytes
from deadweight.reports.measures import size


def aligned(rows: Iterable[Sequence[str]], left: frozenset[int] = frozenset({0})) -> Iterator[str]:
    """The rows with columns of one width each, figures to the right, those of `left` to the left; the last is free."""
    known = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*known, strict=True)]
    for row in known:
        cells = [
            text.ljust(width) if number in left else text.rjust(width)
            for number, (text, width) in enumerate(zip(row[:-1], widths, strict=False))
        ]
        yield "  ".join([*cells, row[-1]]).rstrip()


def on_disk(amount: Bytes) -> str:
    """The installed bytes, with a sign where some of them are not known."""
    return _told(amount.installed, amount.unsized, amount.knows_installed)


def to_fetch(amount: Bytes) -> str:
    """The bytes to download, with a sign where some of them are not known."""
    return _told(amount.download, amount.unfetched, amount.knows_download)


def _told(count: int, unknown: int, is_known: bool) -> str:
    if not is_known:
        return "not known"
    return f"≥ {size(count)}" if unknown else size(count)
