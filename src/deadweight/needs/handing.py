"""Private functions that import what their callers hand to them, and the names that each caller hands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.dynamic_imports import DynamicImports
from deadweight.facts.handed_names import Handed, names_handed
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.suites import is_test

_IMPORTERS = (b"import_module", b"__import__", b"run_module", b"resolve_name")
_IMPORTS = re.compile(rb"\b(?:%s)\s*\(" % b"|".join(_IMPORTERS))


@dataclass(frozen=True)
class Handing:
    """The functions of each distribution whose every caller in it writes out what they are to import.

    They are private by their name or by that of a module that they lie in: others have no part in them.
    """

    scene: Scene
    _found: dict[str, Mapping[tuple[str, int], Handed]] = field(default_factory=dict, repr=False)

    def followed(self, path: str, one: Handed) -> bool:
        """Whether what is handed to the function of that source is followed in its callers."""
        return (path, one.line) in self._of(self.scene.ask(HOLDERS).get(path, ""))

    def names(self, path: str) -> Iterator[tuple[str, str]]:
        """The names that the source hands on to be imported, and the function that imports each."""
        functions = self._of(self.scene.ask(HOLDERS).get(path, ""))
        body = self.scene.ask(BODIES).read(path) if functions else b""
        for one in functions.values():
            yield from ((name, one.name) for name in sorted(_given(body, one) or ()))

    def _of(self, info: str) -> Mapping[tuple[str, int], Handed]:
        if info not in self._found:
            self._found[info] = self._work(info) if info else {}
        return self._found[info]

    def _work(self, info: str) -> Mapping[tuple[str, int], Handed]:
        """The functions, in two passes over the sources, which are never held together."""
        made = {(path, one.line): one for path in self._importing(info) for one in self._private(path)}
        own = {key: _given(self.scene.ask(BODIES).read(key[0]), one) for key, one in made.items()}
        made = {key: one for key, one in made.items() if own[key] is not None}
        calls = {key: bool(own[key]) for key in made}
        for path, body in self._bodies(info) if made else ():
            for key, one in [*made.items()]:
                if path != key[0] and (body is None or one.name.encode() in body):
                    given = _given(body, one)
                    calls[key] |= bool(given)
                    if given is None:
                        del made[key]
        return {key: one for key, one in made.items() if calls[key]}

    def _importing(self, info: str) -> Iterator[str]:
        return (path for path, body in self._bodies(info) if body is not None and _imports_by_name(body))

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


def _given(body: bytes | None, one: Handed) -> frozenset[str] | None:
    """The names that the source hands to the function, None where it may hand others; it is parsed where it may.

    One that is not read may hand anything.
    """
    if body is None:
        return None
    name = one.name.encode()
    stands = name in body and re.search(rb"\b%s\b" % re.escape(name), body)
    return names_handed(body, one) if stands else frozenset()


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
