"""Which distributions and extras the application's own requirement files ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import HOLDERS

MAX_FILE = 4 << 20
_FILES = re.compile(r"(?:.*requirements.*\.(?:txt|in)|constraints.*\.txt|pyproject\.toml|setup\.(?:cfg|py)|Pipfile)")
_FOLDER = re.compile(r"(?:^|/)requirements/[^/]+\.(?:txt|in)$")
_NAMED = re.compile(r"""(?:^|["'=\[,])[ \t]*([A-Za-z0-9][\w.-]*)""", re.MULTILINE)
_ASKED = re.compile(r"([A-Za-z0-9][\w.-]*)\s*\[\s*([\w.-]+(?:\s*,\s*[\w.-]+)*)\s*\]")


def _texts(scene: Scene) -> tuple[str, ...]:
    entries = [entry for entry in scene.listing.entries if _is_wanted(scene, entry)]
    bodies = (stream.read(MAX_FILE) for _, stream in scene.artifact.contents.stream(entries))
    return tuple(body.decode("utf-8", "replace") for body in bodies)


def _is_wanted(scene: Scene, entry: Entry) -> bool:
    if entry.kind is not Kind.FILE or entry.size > MAX_FILE or entry.path in scene.ask(HOLDERS):
        return False
    return _FILES.fullmatch(entry.name) is not None or _FOLDER.search(entry.path) is not None


def _read(text: str) -> Iterator[tuple[str, str]]:
    for name, extras in _ASKED.findall(text):
        for extra in extras.split(","):
            yield canonicalize_name(name), canonicalize_name(extra.strip())


def _asked_distributions(scene: Scene) -> frozenset[str]:
    return frozenset(canonicalize_name(name) for text in scene.ask(_TEXTS) for name in _NAMED.findall(text))


def _asked_extras(scene: Scene) -> frozenset[tuple[str, str]]:
    return frozenset(asked for text in scene.ask(_TEXTS) for asked in _read(text))


_TEXTS: Fact[tuple[str, ...]] = Fact("requirement files", _texts)

ASKED_DISTRIBUTIONS: Fact[frozenset[str]] = Fact("asked distributions", _asked_distributions)
"""Every normalised name that such a file begins a line or a string with: more than distributions, and all of these."""

ASKED_EXTRAS: Fact[frozenset[tuple[str, str]]] = Fact("asked extras", _asked_extras)
"""Each normalised name of a distribution with an extra that a requirement file, a pyproject.toml or a Pipfile names."""
