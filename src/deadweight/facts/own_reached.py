"""The application's own sources that watched runs loaded, and those that these lead to by any name.

A script that was run once, when the image was built, says nothing about what the service needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname

from deadweight.core.entry import Kind
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.run_files import RUN_FILES

_INSTALLED = frozenset((OwnerKind.DISTRIBUTION, OwnerKind.INTERPRETER, OwnerKind.OS_PACKAGE, OwnerKind.CONDA))
_WORDS = re.compile(rb"[A-Za-z_]\w*")
_BY_ANY_NAME = re.compile(
    rb"import_module|__import__|iter_modules|walk_packages|run_path|run_module|\bexec\(|\bglob\b|listdir"
)
LARGEST = 256 << 10


def is_own(scene: Scene, path: str) -> bool:
    """Whether the file is the application's: neither of a distribution nor of the system."""
    if path in scene.ask(HOLDERS) or path.startswith(("usr/", "etc/", "var/")):
        return False
    return scene.ownership.of(path).kind not in _INSTALLED


def _own_reached(scene: Scene) -> frozenset[str]:
    words = {entry.path: _words(scene, entry.path) for entry in scene.listing.entries if _is_source(scene, entry.path)}
    started = {word for entrance in scene.ask(ENTRANCES) for text in entrance.words for word in _said(text)}
    found = {path for path in words if path in scene.ask(RUN_FILES) or _name(path) in started}
    while more := set(_led_to(words, found)):
        found |= more
    finds_any = any(_BY_ANY_NAME.search(scene.ask(BODIES).read(path) or b"") for path in found)
    return frozenset(words if finds_any or not found else found)


def _is_source(scene: Scene, path: str) -> bool:
    entry = scene.listing.by_path[path]
    return path.endswith(".py") and entry.kind is Kind.FILE and entry.size <= LARGEST and is_own(scene, path)


def _words(scene: Scene, path: str) -> frozenset[bytes]:
    return frozenset(_WORDS.findall(scene.ask(BODIES).read(path) or b""))


def _said(text: str) -> list[bytes]:
    return _WORDS.findall(text.encode("utf-8", "surrogateescape"))


def _name(path: str) -> bytes:
    """What the module is called: of a package its directory."""
    return path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2].encode("utf-8", "surrogateescape")


def _led_to(words: Mapping[str, frozenset[bytes]], found: set[str]) -> Iterator[str]:
    """Those that a found source names, and those in a package of which a module is found."""
    named = frozenset().union(*(words[path] for path in found))
    packages = {dirname(path) for path in found if f"{dirname(path)}/__init__.py" in words}
    for path in words:
        if path not in found and (_name(path) in named or dirname(path) in packages):
            yield path


OWN_REACHED: Fact[frozenset[str]] = Fact("own sources reached", _own_reached)
"""Their paths; all of the application's sources where one of them imports by any name, or none is known to have run."""
