"""What development data say of a smaller model, a line a task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.squeeze_report import Judged
from deadweight.reports.paint import Paint, printable


def lines(judged: Sequence[Judged], paint: Paint) -> Iterator[str]:
    """The heading and the tasks; nothing where none was asked."""
    if not judged:
        return
    yield ""
    yield paint("Development data", "bold") + paint("  (before -> after; at least, 95 % sure)", "dim")
    for one in judged:
        kept = f"{one.before:.4f} -> {one.after:.4f}  {one.ratio:6.1%}, at least {one.lower:.1%}"
        yield f"  {printable(one.task):<14} {kept}  ({one.examples:,} examples)"
