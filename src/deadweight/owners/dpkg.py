"""Packages of Debian and its children: the lists of dpkg, or the status.d of images without dpkg."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.dist_info import text_of
from deadweight.owners.system_packages import Package, database_claim, package_claims

DATABASE = "var/lib/dpkg"
STATUS = f"{DATABASE}/status"
_INFO = f"{DATABASE}/info/"
STATUS_D = f"{DATABASE}/status.d/"
_ENDING = re.compile(r"\.[a-z][a-z0-9]*$")
_FIELD = re.compile(r"^(Package|Version):[ \t]*(\S+)", re.MULTILINE)


def claims(listing: Listing) -> Iterator[Claim]:
    """What each package lists, and the database itself."""
    yield from package_claims(listing, tuple(packages(listing)))
    yield from _information(listing, versions_in(text_of(listing.small.get(STATUS, b""))))
    yield from database_claim(listing, "dpkg", DATABASE)


def packages(listing: Listing) -> Iterator[Package]:
    """Every package with the paths that it lists: of dpkg's lists, and of an image without dpkg."""
    versions = versions_in(text_of(listing.small.get(STATUS, b"")))
    diverted = _diversions(text_of(listing.small.get(f"{DATABASE}/diversions", b"")))
    yield from _listed(listing, versions, diverted)
    yield from _without_dpkg(listing)


def versions_in(status: str) -> Mapping[str, str]:
    """The version of each package that a status file has a paragraph of (deb-control(5))."""
    paragraphs = (dict(_FIELD.findall(paragraph)) for paragraph in status.split("\n\n"))
    return {fields["Package"]: fields.get("Version", "") for fields in paragraphs if "Package" in fields}


def _diversions(body: str) -> Mapping[str, tuple[str, str]]:
    """Each diverted path with the path that its file lies at instead, and the package that had it diverted."""
    lines = body.split("\n")
    triples = zip(lines[::3], lines[1::3], lines[2::3], strict=False)
    return {source.lstrip("/"): (target.lstrip("/"), package) for source, target, package in triples}


def _listed(
    listing: Listing, versions: Mapping[str, str], diverted: Mapping[str, tuple[str, str]]
) -> Iterator[Package]:
    for path in sorted(listing.small):
        if path.startswith(_INFO) and path.endswith(".list"):
            name = _package_of(path)
            lines = (line[1:] for line in text_of(listing.small[path]).split("\n"))
            yield Package(name, versions.get(name, ""), _led_away(lines, name, diverted), path)


def _package_of(path: str) -> str:
    """The package that a file of the database is about: `libc6` for `info/libc6:amd64.list`."""
    return path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]


def _led_away(paths: Iterable[str], package: str, diverted: Mapping[str, tuple[str, str]]) -> Iterable[str]:
    """The paths where diversions by other packages have put them."""
    if not diverted:
        return paths
    return (diverted[path][0] if path in diverted and diverted[path][1] != package else path for path in paths)


def _without_dpkg(listing: Listing) -> Iterator[Package]:
    """Packages of an image without dpkg: a paragraph a file, and the files by their MD5 sums beside it."""
    for path in sorted(listing.small):
        if is_paragraph(path):
            sums = text_of(listing.small.get(f"{path}.md5sums", b"")).split("\n")
            for name, version in versions_in(text_of(listing.small[path])).items():
                yield Package(name, version, tuple(line[34:].lstrip("/") for line in sums), f"{path}.md5sums")


def is_paragraph(path: str) -> bool:
    """Whether the file holds the paragraph of one package, as in an image without dpkg."""
    return path.startswith(STATUS_D) and not path.endswith(".md5sums")


def records(listing: Listing) -> Mapping[str, tuple[str, ...]]:
    """What the database keeps of single packages, by the path of each such file without its ending, sorted."""
    found: dict[str, list[str]] = {}
    for directory in (_INFO, STATUS_D):
        for path in listing.directly_in(directory.rstrip("/")):
            for stem in {path, _ENDING.sub("", path)}:
                found.setdefault(stem, []).append(path)
    return {stem: tuple(paths) for stem, paths in found.items()}


def records_of(known: Mapping[str, tuple[str, ...]], source: str) -> tuple[str, ...]:
    """What the database keeps of one package alone, by the file that lists its paths."""
    return known.get(source.removesuffix(".list").removesuffix(".md5sums"), ())


def _information(listing: Listing, versions: Mapping[str, str]) -> Iterator[Claim]:
    """What the database holds about each package: lists, sums, scripts."""
    about: dict[str, list[str]] = {}
    for path in listing.paths_under(_INFO.rstrip("/")):
        about.setdefault(_package_of(path), []).append(path)
    for name in about.keys() & versions.keys():
        owner = Owner(OwnerKind.OS_PACKAGE, name, versions[name])
        yield Claim(owner, Basis.RECORDED, about[name], STATUS)


CATALOGER: Cataloger = Cataloger(
    name="dpkg",
    reads=(STATUS, f"{DATABASE}/diversions", f"{_INFO}*.list", f"{STATUS_D}*"),
    claims=claims,
)
