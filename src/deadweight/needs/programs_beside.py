"""Programs that lie in packages of a distribution and that a source of the same distribution names in its strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.programs_within import PROGRAMS_BY_NAME
from deadweight.facts.source_names import said_in

_SHORTEST = 2
_VERSION = re.compile(rb"[-_.](?=v?\d|linux|win|mac|darwin|x86|x64|amd64|arm|aarch|i\d86|exe$)", re.IGNORECASE)
_JOINED = re.compile(rb"[^A-Za-z0-9]+")


def programs_beside(scene: Scene, path: str, body: bytes) -> Iterator[Step]:
    """The programs in packages of its distribution that a string of it names: whole, or in parts that are joined."""
    named = scene.ask(PROGRAMS_BY_NAME).get(scene.ask(HOLDERS).get(path, ""), ())
    named = tuple(one for one in named if _is_named(body, one[0]))
    said = said_in(body) if named else b""  # the strings are looked for only where a name may stand in one
    for name, program in named:
        if _is_named(said, name):
            yield Step(program, f"is a program of its distribution that it names: {name.decode('utf-8', 'replace')}")


def _is_named(text: bytes, name: bytes) -> bool:
    """Whether the name stands there, without its version or platform, or all of its parts."""
    plain = _VERSION.split(name, maxsplit=1)[0]
    parts = [part for part in _JOINED.split(plain) if len(part) > _SHORTEST]
    return _says(text, name) or _says(text, plain) or (len(parts) > 1 and all(_says(text, part) for part in parts))


def _says(body: bytes, word: bytes) -> bool:
    """Whether the word stands there by itself: a pattern that looks behind takes half of a plan's time."""
    place = body.find(word)
    while place >= 0:
        end = place + len(word)
        if not body[max(place - 1, 0) : place].isalnum() and not body[end : end + 1].isalnum():
            return True
        place = body.find(word, end)
    return False
