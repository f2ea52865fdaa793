"""Files that native libraries, programs and modules read by paths of their own, by what reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase, translate
from types import MappingProxyType

from deadweight.core.globs import matcher
from deadweight.core.listing import Listing
from deadweight.facts.known_library_data import LIBRARY_DATA
from deadweight.facts.known_program_data import PROGRAM_DATA
from deadweight.facts.known_system_data import SYSTEM_DATA

KNOWN_DATA: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        name: (tuple(readers.split()), tuple(places.split()))
        for table in (SYSTEM_DATA, LIBRARY_DATA, PROGRAM_DATA)
        for name, (readers, places) in table.items()
    }
)
"""What is read, by its name: patterns of what reads it (the last components of its path), and globs of it."""


_PROGRAMS = re.compile(r"(?:^|/)(?:s?bin|libexec|lib/jvm|lib/postgresql|lib/libreoffice|lib/chromium)/")
_READERS = re.compile(
    "|".join(translate(one.rpartition("/")[2]) for readers, _ in KNOWN_DATA.values() for one in readers)
)


def data_read_by(path: str) -> Iterator[tuple[str, str]]:
    """What the file at the path is known to read: a name for it, and a glob of paths."""
    name = path.rpartition("/")[2]
    if not _READERS.match(name):
        return
    for title, (readers, places) in KNOWN_DATA.items():
        if any(_is_reader(path, name, one) for one in readers):
            yield from ((title, place) for place in places)


def _is_reader(path: str, name: str, pattern: str) -> bool:
    """Whether the pattern is of the path: of a module or library by its name, of a program where programs lie."""
    if "/" in pattern:
        return fnmatchcase(path, f"*/{pattern}")
    return fnmatchcase(name, pattern) and (".so" in pattern or ".py" in pattern or _PROGRAMS.search(path) is not None)


def matching(listing: Listing, glob: str) -> Iterator[str]:
    """The paths that a glob names, looked for only below its literal beginning, which links may lead to."""
    literal = glob.split("*")[0].split("?")[0].split("[")[0].rpartition("/")[0]
    if "*" not in glob and "?" not in glob:
        yield glob
        return
    real = listing.resolve(literal)
    if real is None or real not in listing.directories:
        return
    fits = matcher((real + glob[len(literal) :],))
    yield from (path for path in listing.paths_under(real) if fits(path))
