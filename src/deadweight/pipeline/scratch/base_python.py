"""The Python of this host that a tree's virtual environments, links and programs stand on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.entry import Kind
from deadweight.core.listing import Listing
from deadweight.owners.environment import environments
from deadweight.pipeline.scratch.gathering import Gathering

_NAMED = re.compile(r"(?:python|pypy)(3\.[0-9]+t?)")
_VERSION = re.compile(r"(3\.[0-9]+)")
_LIBRARY = re.compile(r"(?:python|pypy)3\.[0-9]+t?")
_SITES = ("site-packages", "dist-packages")
_ASIDE = frozenset({"test", "idlelib", "turtledemo", "ensurepip", "lib2to3/tests", "tkinter/test", "unittest/test"})
"""Parts of the standard library that no program imports; where one does, the proof fails and says which."""


@dataclass(frozen=True, slots=True)
class BasePython:
    """An installed Python: its prefix as it is spelled, the name of its standard library's directory (`python3.11`).

    `with_sites` is whether what is installed into it is seen by the program too.
    """

    prefix: str
    library: str
    with_sites: bool = False

    @property
    def standard_library(self) -> str:
        """The directory with os.py."""
        return f"{self.prefix}/lib/{self.library}"


def bases_of_environments(listing: Listing) -> Iterator[BasePython]:
    """The Python below each virtual environment of the tree (PEP 405: `home` of pyvenv.cfg), where it is there."""
    for _, body in environments(listing):
        said = settings_of(body.decode("utf-8", "replace"))
        version = _VERSION.match(said.get("version") or said.get("version_info") or "")
        shared = said.get("include-system-site-packages", "").lower() == "true"
        yield from base_of(said.get("home", ""), version[1] if version else "", with_sites=shared)


def base_of_program(program: str) -> Iterator[BasePython]:
    """The Python whose interpreter lies at the absolute path, with what is installed into it; none for others."""
    named = _NAMED.match(posixpath.basename(program))
    if posixpath.basename(program).startswith(("python", "pypy")):
        yield from base_of(posixpath.dirname(program), named[1] if named else "", with_sites=True)


def base_of(home: str, version: str, *, with_sites: bool) -> Iterator[BasePython]:
    """The Python whose interpreter lies in the directory `home`, of the version, or of the only one there is.

    Looked for as the interpreter does (Modules/getpath.py): `lib/python3.N/os.py` in the directory above.
    """
    prefix = posixpath.dirname(home.rstrip("/"))
    there = sorted(_libraries(f"{prefix}/lib"))
    fitting = [name for name in there if not version or name.removeprefix("python").removeprefix("pypy") == version]
    if home.startswith("/") and len(fitting) == 1:
        yield BasePython(prefix, fitting[0], with_sites)


def take_base(gathering: Gathering, base: BasePython) -> None:
    """Take the standard library and its extension modules; what is installed into it only where it is seen."""
    library = str(Path(base.standard_library).resolve())

    def leave(path: str) -> bool:
        below = path.removeprefix(f"{library}/")
        aside = below in _ASIDE or below.startswith("config-")
        return aside or (below in _SITES and not base.with_sites)

    gathering.take_all(base.standard_library, leave)
    if base.with_sites:
        for place in (f"{base.prefix}/lib/python3", f"{base.prefix}/local/lib/{base.library}"):
            gathering.take_all(place)


def outward_links(listing: Listing, root: str) -> Iterator[str]:
    """The absolute path of each symbolic link of the tree that leads out of it."""
    for entry in listing.entries:
        if entry.kind is Kind.SYMLINK:
            path = f"{root}/{entry.path}"
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.target))
            if not target.startswith(root.rstrip("/") + "/"):
                yield path


def settings_of(text: str) -> Mapping[str, str]:
    """The settings of a pyvenv.cfg, keys in lower case."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _libraries(place: str) -> Iterator[str]:
    try:
        names = [child.name for child in Path(place).iterdir()]
    except OSError:
        return
    yield from (name for name in names if _LIBRARY.fullmatch(name) and Path(place, name, "os.py").is_file())
