"""Packages of Alpine and its children: the installed database of apk."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.listing import Listing
from deadweight.core.owner import Claim
from deadweight.core.seams import Cataloger
from deadweight.owners.dist_info import text_of
from deadweight.owners.system_packages import Package, database_claim, package_claims

DATABASES = ("lib/apk/db", "usr/lib/apk/db")


def claims(listing: Listing) -> Iterator[Claim]:
    """What each package lists, and the database itself."""
    found = [f"{place}/installed" for place in DATABASES if f"{place}/installed" in listing.small]
    packages = (package for path in found for package in packages_in(text_of(listing.small[path]), path))
    yield from package_claims(listing, packages)
    yield from database_claim(listing, "apk-tools", *DATABASES)


def packages_in(installed: str, source: str) -> Iterator[Package]:
    """The packages of an installed database: a paragraph each, a letter and a colon before each value (apk(5))."""
    for paragraph in installed.split("\n\n"):
        lines = paragraph.split("\n")
        fields = {line[:2]: line[2:] for line in lines if line[:2] in ("P:", "V:")}
        if "P:" in fields:
            yield Package(fields["P:"], fields.get("V:", ""), tuple(_paths(lines)), source)


def _paths(lines: list[str]) -> Iterator[str]:
    """The directories (F:) and the files in each of them (R:)."""
    directory = ""
    for line in lines:
        if line.startswith("F:"):
            directory = line[2:]
            yield directory
        elif line.startswith("R:"):
            yield f"{directory}/{line[2:]}" if directory else line[2:]


CATALOGER: Cataloger = Cataloger(name="apk", reads=tuple(f"{place}/installed" for place in DATABASES), claims=claims)
