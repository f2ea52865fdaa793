"""Application code: what lies where people put it, or what is left of a tree that is no system."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from deadweight.core.entry import Kind
from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.paths import parents
from deadweight.core.seams import Cataloger
from deadweight.owners.dist_info import normalised

SYSTEM_DIRECTORIES = frozenset(
    """
    bin boot dev etc home lib lib32 lib64 libx32 lost+found media mnt nix opt proc root run sbin srv sys tmp usr var
    """.split()  # noqa: SIM905  # as a list it takes a line for each name
)
_SYSTEM_MARKS = ("etc/os-release", "etc/passwd", "lib/apk/db", "usr/bin", "usr/lib", "usr/local", "var/lib/dpkg")
_PLACES = ("home", "opt", "root", "usr/src", "var/www")
_WHOLE_PLACES = frozenset(("srv", "usr/src/app", "var/task"))


def claims(listing: Listing) -> Iterator[Claim]:
    """What lies in the roots of applications; everything more special goes before it."""
    for root in roots(listing):
        paths = listing.paths_under(root)
        yield Claim(_owner(listing, root), Basis.GUESSED, paths, f"lies under /{root}")
    if is_system(listing):
        at_root = tuple(entry.path for entry in listing.entries if "/" not in entry.path and entry.kind is Kind.FILE)
        yield Claim(Owner(OwnerKind.APPLICATION, "/"), Basis.GUESSED, at_root, "lies at the root of a system")


def is_system(listing: Listing) -> bool:
    """Whether the tree is that of an operating system and no project's."""
    return any(mark in listing or mark in listing.directories for mark in _SYSTEM_MARKS)


def roots(listing: Listing) -> tuple[str, ...]:
    """The directories that hold applications, empty string for the root of a tree that is no system, none nested."""
    if not is_system(listing):
        return () if "pyvenv.cfg" in listing else ("",)
    found = {*_placed(listing), *_editable(listing)}
    return tuple(sorted(root for root in found if not found.intersection(parents(root))))


def _placed(listing: Listing) -> Iterator[str]:
    """Directories that no system has, and the direct children of the places that hold projects."""
    for directory in listing.directories:
        above, _, name = directory.rpartition("/")
        foreign = not above and directory and directory not in SYSTEM_DIRECTORIES
        if foreign or directory in _WHOLE_PLACES or (above in _PLACES and not name.startswith(".")):
            yield directory


def _editable(listing: Listing) -> Iterator[str]:
    """The projects that are installed in place (PEP 610, PEP 660)."""
    for path, body in listing.small.items():
        place = editable_project(body) if path.endswith(".dist-info/direct_url.json") else ""
        if place and place in listing.directories:
            yield place


def editable_project(direct_url: bytes) -> str:
    """The plain path of the project that a direct_url.json says is installed in place, empty for none."""
    try:
        stated = json.loads(direct_url)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(stated, dict) or not isinstance(stated.get("dir_info"), dict):
        return ""
    url = urlsplit(str(stated.get("url", "")))
    in_place = stated["dir_info"].get("editable") is True and url.scheme == "file"
    return unquote(url.path).strip("/") if in_place else ""


def _owner(listing: Listing, root: str) -> Owner:
    """The application: by its pyproject.toml, else by where it lies."""
    body = listing.small.get(f"{root}/pyproject.toml" if root else "pyproject.toml", b"")
    try:
        project = tomllib.loads(body.decode("utf-8", "replace")).get("project", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        project = {}
    name = project.get("name") if isinstance(project, dict) else None
    if not isinstance(name, str):
        return Owner(OwnerKind.APPLICATION, f"/{root}" if root else "application")
    return Owner(OwnerKind.APPLICATION, normalised(name), str(project.get("version", "")))


CATALOGER: Cataloger = Cataloger(
    name="application",
    reads=("pyproject.toml", "*/pyproject.toml", "*/*/pyproject.toml", "*/*/*/pyproject.toml"),
    claims=claims,
)
