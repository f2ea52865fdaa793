"""Engines, parsers and back ends: what a function takes by the argument that it is given.

An engine that is named, or that an ending tells, is needed; where any of several would do, each is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.called_names import Call, called_names
from deadweight.facts.extra_requests import is_asked_with_extras
from deadweight.facts.known_engines import ASKS, Ask

_NAME = "engines and parsers"
_TOLD = re.compile(r"\b(?:" + "|".join(sorted(ASKS)) + r")\b")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.python:
        source = project.source(path)
        if _TOLD.search(source.text):
            yield from _of_source(project, source)


def _of_source(project: Project, source: Source) -> Iterator[Usage]:
    named = called_names(source)
    for call in named.calls:
        for ask in ASKS.get(call.last, ()):
            if named.roots & set(ask.of):
                brought = is_asked_with_extras(project, ask.of)
                for name, strength, says in _asked(call, ask):
                    strength = Strength.OPTIONAL if brought and strength is Strength.NEEDED else strength
                    place = Place(source.path, call.node.lineno)
                    yield Usage(says, place, _NAME, source.role, strength, distribution=name)


def _asked(call: Call, ask: Ask) -> Iterator[tuple[str, Strength, str]]:
    """Which distributions the call takes, how much, and a sentence's end."""
    value = call.word(ask.keyword, ask.place) if ask.keyword else ""
    first = call.word("io", 0) or call.word("path")
    ending = next((ending for ending in ask.endings if first.endswith(ending)), "")
    yield from ((name, Strength.NEEDED, f"is what {call.last} works with") for name in ask.always)
    for keyword, name in ask.given.items():
        if call.has(keyword):
            yield name, Strength.NEEDED, f"is what {call.last}({keyword}=…) works with"
    if value in ask.values:
        yield ask.values[value], Strength.NEEDED, f'is what {call.last} takes for "{value}"'
    elif ending and not value:
        yield ask.endings[ending], Strength.NEEDED, f"is what {call.last} takes for {ending}"
    elif not value or value not in ask.values:
        yield from ((name, Strength.HINT, f"may be what {call.last} works with") for name in ask.perhaps)


EVIDENCE: Evidence = Evidence(_NAME, "what functions take by their arguments: engines, parsers, back ends", _find)
