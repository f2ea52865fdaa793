"""Python itself and its standard library, where no package manager recorded them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger

_LIBRARY = re.compile(r"(?:python|pypy)([23]\.[0-9]+t?)")
_PROGRAM = r"(?:python|pypy|pydoc|idle|pyvenv|2to3)-?(?:{major}|{version}m?)?(?:-config)?(?:\.1)?"
_SHARED = r"lib(?:python|pypy)(?:{major}|{version}m?)(?:-c)?\.(?:so|a|dylib)[.0-9]*"
_PACKAGING = r"(?:python|pypy)-?(?:{major}|{version}m?)(?:-embed)?\.pc"
_AROUND = (("bin", _PROGRAM), ("share/man/man1", _PROGRAM), ("lib", _SHARED), ("lib/pkgconfig", _PACKAGING))
_VERSION = re.compile(rb'#define\s+PY_VERSION\s+"([^"]+)"')
_ABIS = ("", "m")
_SITES = ("site-packages", "dist-packages")


def claims(listing: Listing) -> Iterator[Claim]:
    """What belongs to each interpreter, without the distributions installed in it."""
    for library in libraries(listing):
        folder, _, name = library.rpartition("/")
        prefix = f"{folder.rpartition('/')[0]}/".lstrip("/")
        owner = Owner(OwnerKind.INTERPRETER, "python", _version(listing, prefix, name))
        paths = (*_standard_library(listing, library), *_around(listing, prefix, name))
        yield Claim(owner, Basis.LOCATED, paths, f"is Python in /{prefix}, known by {library}/os.py")


def libraries(listing: Listing) -> Iterator[str]:
    """The directory of each standard library: `lib/python3.12` with an os.py in it."""
    for name in sorted(filter(_LIBRARY.fullmatch, listing.directories_named)):
        for directory in listing.directories_named[name]:
            if f"{directory}/os.py" in listing or f"{directory}/os.pyc" in listing:
                yield directory


def _version(listing: Listing, prefix: str, name: str) -> str:
    """The version by its patchlevel.h, else as far as the name of the library tells it."""
    headers = (listing.small.get(f"{prefix}include/{name}{abi}/patchlevel.h", b"") for abi in _ABIS)
    stated = _VERSION.search(b"\n".join(headers))
    return stated[1].decode("ascii", "replace") if stated else _short_version(name)


def _short_version(name: str) -> str:
    """The version that the name of a library tells: `3.12` of `python3.12`."""
    return name.removeprefix("python").removeprefix("pypy")


def _standard_library(listing: Listing, library: str) -> Iterator[str]:
    sites = tuple(f"{library}/{site}/" for site in _SITES)
    return (path for path in listing.paths_under(library) if not path.startswith(sites))


def _around(listing: Listing, prefix: str, name: str) -> Iterator[str]:
    """Programs, headers, libraries and manuals of the interpreter, not those of another version beside it."""
    for abi in _ABIS:
        yield from listing.paths_under(f"{prefix}include/{name}{abi}")
    version = _short_version(name)
    for folder, shape in _AROUND:
        own = re.compile(shape.format(major=version[0], version=re.escape(version))).fullmatch
        yield from (path for path in listing.directly_in(prefix + folder) if own(path.rpartition("/")[2]))


CATALOGER: Cataloger = Cataloger(name="interpreter", reads=("**/include/python*/patchlevel.h",), claims=claims)
