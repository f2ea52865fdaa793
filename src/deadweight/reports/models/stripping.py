"""What stripping a model file came to, for a person at a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from deadweight.core.model_report import Dropped, Stripped
from deadweight.core.plural import plural
from deadweight.reports.measures import size, smaller
from deadweight.reports.paint import Paint, fitted, printable

MOST = 12


def text(done: Stripped, colour: bool) -> str:
    """The whole account: what went and why, what is shared, what the result is."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def _lines(done: Stripped, paint: Paint) -> Iterator[str]:
    yield paint(printable(done.out), "bold")
    ratio = paint(smaller(done.before, done.after), "green", "bold")
    yield f"{size(done.before)} -> {size(done.after)}, {ratio}"
    yield f"{plural(done.kept, 'tensor')} kept, each read back and equal to the original byte for byte"
    if done.prefix:
        yield f"The names go without {printable(done.prefix)!r}, which led to all of them."
    yield ""
    yield from _dropped(done, paint)
    yield from _shared(done, paint)
    if done.lost:
        yield paint("Not in the result", "yellow", "bold")
        yield from (f"  {printable(one)}" for one in done.lost)
        yield ""


def _dropped(done: Stripped, paint: Paint) -> Iterator[str]:
    by_reason: dict[str, list[Dropped]] = defaultdict(list)
    for one in done.dropped:
        by_reason[one.why].append(one)
    if by_reason:
        yield paint("Dropped", "bold") + paint("  (--json lists everything, --keep GLOB keeps it)", "dim")
    for why, group in sorted(by_reason.items(), key=lambda pair: -sum(one.size for one in pair[1])):
        yield f"  {size(sum(one.size for one in group)):>9}  {plural(len(group), 'item')}: {printable(why)}"
        for one in sorted(group, key=lambda one: -one.size)[:MOST]:
            yield paint(f"    {size(one.size):>9}  {fitted(printable(one.name), 80)}", "dim")
        if len(group) > MOST:
            yield paint(f"               {len(group) - MOST:,} more", "dim")
    if by_reason:
        yield ""


def _shared(done: Stripped, paint: Paint) -> Iterator[str]:
    if not done.shared:
        return
    yield paint("Stored once", "bold") + paint("  (the same bytes under another name)", "dim")
    for name, holder in list(done.shared.items())[:MOST]:
        yield f"  {fitted(printable(name), 52)} is {fitted(printable(holder), 52)}"
    if len(done.shared) > MOST:
        yield f"  {len(done.shared) - MOST:,} more; --json lists them"
    yield "  In a file of safetensors its metadata say so, as safetensors.torch writes shared tensors."
    yield ""
