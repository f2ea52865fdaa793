"""Models that were squeezed in place, for a person: how, what that came to, and what the gate said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.report import CoarserModel
from deadweight.reports.measures import size, times
from deadweight.reports.paint import Paint, clipped, printable

_WIDTH = 104
_UNGATED = "no task was named: the running program alone was asked"


def coarser_lines(models: Sequence[CoarserModel], paint: Paint) -> Iterator[str]:
    """All of them; nothing where there are none."""
    if not models:
        return
    yield paint("Models with coarser weights", "bold")
    for model in models:
        yield f"  {clipped(printable(model.says), _WIDTH)}"
        stored = _bytes("stored", model.stored_before, model.stored_after)
        yield f"    {stored}, {_bytes('unpacked', model.before, model.after)}"
        yield from (f"    {clipped(printable(line), _WIDTH)}" for line in model.gate or (_UNGATED,))
    yield ""


def _bytes(what: str, before: int, after: int) -> str:
    smaller = f" ({times(before, after)})" if before != after else ""
    return f"{what} {size(before)} -> {size(after)}{smaller}"
