"""The versions of a zoo, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.zoo_report import ListedVersion, ZooListing
from deadweight.reports.measures import size, smaller
from deadweight.reports.paint import Paint, fitted, printable

_NAME = 32


def text(listing: ZooListing, colour: bool) -> str:
    """A row a version, then the whole."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(listing, Paint(colour)))


def _lines(listing: ZooListing, paint: Paint) -> Iterator[str]:
    if listing.versions:
        head = f"{'version':<{_NAME}} {'files':>9} {'needs':>9} {'its own':>9}  {'tensors':>7}  {'made':<10}  parent"
        yield paint(head, "dim")
    yield from (_row(one) for one in listing.versions)
    if listing.versions:
        yield ""
    ratio = paint(smaller(listing.logical, listing.stored), "green", "bold")
    whole = f"{size(listing.logical)} of files in {size(listing.stored)}"
    yield f"{printable(listing.place)}: {plural(len(listing.versions), 'version')}, {whole}, {ratio}"
    if listing.unreferenced:
        yield f"{size(listing.unreferenced)} of that no version needs: deadweight zoo gc"


def _row(one: ListedVersion) -> str:
    said = one.version
    return (
        f"{fitted(str(said.reference), _NAME):<{_NAME}} {size(said.size):>9} {size(one.needs):>9} {size(one.own):>9}"
        f"  {said.tensors:>7,}  {printable(said.created[:10]):<10}  {printable(said.parent)}"
    )
