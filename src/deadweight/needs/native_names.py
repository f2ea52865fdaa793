"""Which names in a native file are those of libraries that it may load, and which of these it counts on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.system_packages import PACKAGES_BY_PATH, WANTED_PACKAGES

_HASHED = re.compile(r"(?:-[0-9a-f]{8})+(?=\.|$)")
_C_LIBRARY = re.compile(r"(?:^|/)libc(?:-2\.\d+)?\.so(?:\.6)?$")
_OTHER_SCRIPTS = "libidn2.so.0"
"""What glibc loads where getaddrinfo is asked for names in other scripts (AI_IDN), a flag that Python lacks."""
_SERVICES = "libnss_"
"""Modules of the name service, which are a family: what holds the C library (ldconfig) would by its pattern find links
for building alone."""
_ASKS_FOR_NAMES = "getaddrinfo"
_ASKS_PLAINLY = re.compile(r"(?:^|/)(?:_socket\.[^/]*so|(?:lib)?python\d[^/]*|libcrypto[.-][^/]*)$")
"""Python and OpenSSL: they ask without that flag."""


def names_in(scene: Scene, path: str) -> frozenset[str] | None:
    """The names that stand in the native file and may be opened, None for a file of another kind.

    Left out are those that the loader maps, that a repaired wheel no longer loads, and families that others follow.
    """
    file = scene.ask(NATIVE_FILES).get(path)
    if file is None:
        return None
    given = (*file.dynamic.needed, path.rpartition("/")[2])
    named = frozenset(
        name
        for name in file.names.difference(file.dynamic.needed, (file.dynamic.soname,))
        if not _is_renamed(name, given) and not (name.startswith(_SERVICES) and "%" in name)
    )
    if _C_LIBRARY.search(path):
        return named - {_OTHER_SCRIPTS}
    return named | {_OTHER_SCRIPTS} if _ASKS_FOR_NAMES in named and not _asks_plainly(scene, path) else named


def _asks_plainly(scene: Scene, path: str) -> bool:
    """Whether it asks for names without that flag, or where nobody promised that it works: a wheel may count on no
    more than the libraries of its platform tag (PEP 600), of which this is none."""
    return _ASKS_PLAINLY.search(path) is not None or scene.ownership.of(path).kind is OwnerKind.DISTRIBUTION


def is_wanted(scene: Scene, path: str, library: str) -> bool:
    """Whether the package that has the file wants the one that has the library; a program is taken at its word."""
    by_path = scene.ask(PACKAGES_BY_PATH)
    asking, asked = by_path.get(path), by_path.get(scene.listing.resolve(library) or library)
    if asking is None or asked is None or scene.ask(NATIVE_FILES)[path].dynamic.interpreter:
        return True
    wanted = scene.ask(WANTED_PACKAGES).get(asking.name)
    return wanted is None or asked.name in wanted


def _is_renamed(name: str, needed: Sequence[str]) -> bool:
    """Whether a wheel's repair gave the library another name with a hash in it: the old one stands there unused.

    `needed` are the names of those that the file needs, and its own.
    """
    stem = name.partition(".so")[0]
    return any(_HASHED.sub("", one.partition(".so")[0]) == stem for one in needed if _HASHED.search(one))
