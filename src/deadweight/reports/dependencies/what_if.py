"""What a change of requirements comes to, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.plural import plural
from deadweight.dependencies.bytes import Bytes
from deadweight.dependencies.node import Part
from deadweight.dependencies.what_if import Supposed
from deadweight.reports.dependencies.columns import aligned, on_disk, to_fetch
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, printable

_MOST = 20


def what_if_text(found: Supposed, paint: Paint) -> str:
    """The bytes before and after, what goes, what comes, what stays and because of whom, and what that rests on."""
    lines = [
        *aligned([("", "installed", "to download", ""), *_sums(found)]),
        *_parts("goes", found.goes, paint),
        *_parts("comes", found.comes, paint),
        *_stays(found, paint),
        "",
        *(paint(printable(sentence), "dim") for sentence in found.basis),
    ]
    return "".join(f"{line}\n" for line in lines)


def _sums(found: Supposed) -> Iterator[tuple[str, ...]]:
    for name, amount in (
        ("before", found.before),
        ("goes", found.freed),
        ("comes", found.added),
        ("after", found.after),
    ):
        yield name, on_disk(amount), to_fetch(amount), _count(amount)


def _count(amount: Bytes) -> str:
    return plural(amount.parts, "distribution")


def _parts(verb: str, parts: Sequence[Part], paint: Paint) -> Iterator[str]:
    if not parts:
        return
    yield ""
    yield paint(verb, "bold")
    rows = [(f"  {printable(one.name)}", printable(one.version), _size(one), "") for one in parts[:_MOST]]
    yield from aligned(rows, frozenset({0, 1}))
    if len(parts) > _MOST:
        rest = sum(one.size or one.download or 0 for one in parts[_MOST:])
        yield paint(f"  and {len(parts) - _MOST} more, {size(rest)}", "dim")


def _size(one: Part) -> str:
    if one.size is not None:
        return size(one.size)
    return f"{size(one.download)} to download" if one.download is not None else "not known"


def _stays(found: Supposed, paint: Paint) -> Iterator[str]:
    for one in found.stays:
        yield ""
        yield f"{paint(printable(one.name), 'bold')} stays: {printable(' → '.join(one.chain))}"
