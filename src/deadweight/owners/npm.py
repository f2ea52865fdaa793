"""Packages of npm: what lies in node_modules goes with the nearest package.json of a package."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import msgspec

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger

_MANIFEST = "/package.json"


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""


def claims(listing: Listing) -> Iterator[Claim]:
    """All that lies in each package, without the packages that lie in it."""
    roots = sorted(path.removesuffix(_MANIFEST) for path in listing.small if _is_manifest(path))
    decoder = msgspec.json.Decoder(_Package)
    for root in roots:
        package = _decoded(decoder, listing.small[root + _MANIFEST])
        owner = Owner(OwnerKind.NPM, package.name or _named(root), package.version)
        yield Claim(owner, Basis.LOCATED, _own(listing, root, roots), root + _MANIFEST)


def _is_manifest(path: str) -> bool:
    """Whether a package.json is that of an installed package and not of a folder in one."""
    if not path.endswith(_MANIFEST):
        return False
    above = path.removesuffix(_MANIFEST).rpartition("/")[0]
    scope = above.rpartition("/")
    return _is_modules(above) or (scope[2].startswith("@") and _is_modules(scope[0]))


def _is_modules(directory: str) -> bool:
    return directory == "node_modules" or directory.endswith("/node_modules")


def _named(root: str) -> str:
    """The name that a package's folder tells, with its scope."""
    return root.rpartition("node_modules/")[2]


def _own(listing: Listing, root: str, roots: Sequence[str]) -> Sequence[str]:
    """What lies in the package without what lies in the packages in it."""
    paths = listing.paths_under(root)
    if root in listing:
        paths = (root, *paths)
    nested = frozenset(roots[bisect_left(roots, f"{root}/") : bisect_left(roots, f"{root}0")])
    if not nested:
        return paths
    folders = tuple(f"{inner}/" for inner in nested)
    return tuple(path for path in paths if path not in nested and not path.startswith(folders))


def _decoded(decoder: msgspec.json.Decoder[_Package], body: bytes) -> _Package:
    """What a manifest says, nothing where it cannot be read."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Package()


CATALOGER: Cataloger = Cataloger(
    name="npm",
    reads=("**/node_modules/*/package.json", "**/node_modules/@*/*/package.json"),
    claims=claims,
)
