"""Private functions that import what their callers hand to them, and the names that each caller hands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.dynamic_imports import DynamicImports
from deadweight.facts.handed_names import Caller, Handed, names_handed
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.suites import is_test

_IMPORTERS = (b"import_module", b"__import__", b"run_module", b"resolve_name")
_IMPORTS = re.compile(rb"\b(?:%s)\s*\(" % b"|".join(_IMPORTERS))


Place = tuple[str, int]
"""The path of a source and the line in which a function of it imports."""


@dataclass(slots=True)
class _Handed:
    """The functions of a distribution, and what its sources hand to them, by path; `seen` are those looked at."""

    functions: dict[Place, Handed] = field(default_factory=dict)
    names: dict[str, dict[Place, frozenset[str]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def look(self, path: str, body: bytes | None) -> None:
        """Note what the source hands to each function; one to which it may hand anything is left out from then on."""
        self.seen.add(path)
        source = Caller(body) if body is not None else None
        for place, one in [*self.functions.items()]:
            given = names_handed(source, one) if source else None
            if given is None:
                del self.functions[place]
            elif given:
                self.names.setdefault(path, {})[place] = given


@dataclass(frozen=True)
class Handing:
    """The functions of each distribution whose every caller in it writes out what they are to import.

    They are private by their name or by that of a module that they lie in: others have no part in them.
    """

    scene: Scene
    _found: dict[str, _Handed] = field(default_factory=dict, repr=False)

    def followed(self, path: str, one: Handed) -> bool:
        """Whether what is handed to the function of that source is followed in its callers."""
        return (path, one.line) in self._of(self.scene.ask(HOLDERS).get(path, "")).functions

    def names(self, path: str) -> Iterator[tuple[str, str]]:
        """The names that the source hands on to be imported, and the function that imports each."""
        found = self._of(self.scene.ask(HOLDERS).get(path, ""))
        names = found.names.get(path, {}) if path in found.seen else self._apart(path, found)
        for place, one in found.functions.items():
            yield from ((name, one.name) for name in sorted(names.get(place, ())))

    def _apart(self, path: str, found: _Handed) -> Mapping[Place, frozenset[str]]:
        """What a source hands by which the functions are not judged: a test."""
        body = self.scene.ask(BODIES).read(path) if found.functions else None
        source = Caller(body or b"")
        return {place: names_handed(source, one) or frozenset() for place, one in found.functions.items()}

    def _of(self, info: str) -> _Handed:
        if info not in self._found:
            self._found[info] = self._work(info)
        return self._found[info]

    def _work(self, info: str) -> _Handed:
        """The functions, in two passes over the sources, which are never held together."""
        importing = [path for path, body in self._bodies(info) if body is not None and _imports_by_name(body)]
        found = _Handed({(path, one.line): one for path in importing for one in self._private(path)})
        for path, body in self._bodies(info) if found.functions else ():
            found.look(path, body)
        called = {place for given in found.names.values() for place in given}
        found.functions = {place: one for place, one in found.functions.items() if place in called}
        return found

    def _private(self, path: str) -> Iterator[Handed]:
        names = self.scene.ask(MODULE_PATH).name_of(path).split(".")
        for one in self.scene.ask(PYTHON_TEXTS).dynamic(path).handed:
            if any(name.startswith("_") for name in (*names, one.name)):
                yield one

    def _bodies(self, info: str) -> Iterator[tuple[str, bytes | None]]:
        """The sources, None for the body of one that is not read."""
        holder = self.scene.ask(INFOS).get(info)
        for path in holder.files if holder else ():
            if path.endswith(".py") and not is_test(path):
                yield path, self.scene.ask(BODIES).read(path)


def _imports_by_name(body: bytes) -> bool:
    """Whether it calls an importer: most sources hold no such word, which is told twenty times faster."""
    return any(name in body for name in _IMPORTERS) and _IMPORTS.search(body) is not None


HANDING: Fact[Handing] = Fact("functions that import what they are handed", Handing)
"""Where what private functions import is written out."""


def decided(scene: Scene, path: str, found: DynamicImports) -> DynamicImports:
    """What the source imports by built names; what functions are handed and is not followed is what it is without."""
    prefixes, doubts, endings = set(found.prefixes), list(found.doubts), set(found.endings)
    for one in found.handed:
        if scene.ask(HANDING).followed(path, one):
            continue
        if one.begins is None:
            doubts.append(one.line)
            endings |= one.endings
        else:
            prefixes.update(begin for begin in one.begins if begin)
    return replace(found, prefixes=frozenset(prefixes), doubts=tuple(doubts), endings=frozenset(endings), handed=())
