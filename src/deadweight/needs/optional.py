"""Steps to distributions that are made use of where they are there: which they are, and which are wanted after all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.facts.asked_names import asked_names
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.optional_distributions import OPTIONAL
from deadweight.facts.requirement_graph import REQUIREMENTS

_KINDS = frozenset(("imports", "trace"))
_DEFINED = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_SHORTEST = 4


@dataclass(slots=True)
class Optional:
    """What a closure does about steps to optional distributions.

    A module of another distribution that imports one asks for it only where it is called: a step is wanted where the
    reached sources of the application call something by a name that the module defines, or that its path holds
    (`df.plot()` and pandas/plotting).
    """

    scene: Scene
    _own: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    _asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _looked: int = 0
    _defined: dict[str, frozenset[str]] = field(default_factory=dict)
    _tops: dict[str, frozenset[str]] = field(default_factory=dict)
    _requirements: dict[str, frozenset[str]] = field(default_factory=dict)

    def is_optional(self, step: Step) -> bool:
        """Whether the step leads to an optional distribution, from outside of it and of the application."""
        optional = self.scene.ask(OPTIONAL) if step.need in _KINDS else {}
        info = optional.get(step.path)
        if info is None or (step.because and self._is_own(step.because)):
            return False
        by = self.scene.ask(HOLDERS).get(step.because, "")
        return info not in self._required(by)

    def is_wanted(self, step: Step, reached: Collection[str]) -> bool:
        """Whether the application calls what the step leads from."""
        if not step.because:
            return False
        own = self._asked_of(step.because, reached)
        inner = self.scene.ask(MODULE_PATH).name_of(step.because).split(".")[1:]
        parts = [part.strip("_") for part in inner if len(part.strip("_")) >= _SHORTEST]
        long = [word for word in own if len(word) >= _SHORTEST]
        named = any(word in part or part in word for part in parts for word in long)
        return named or not own.isdisjoint(self._defines(step.because))

    def _asked_of(self, path: str, reached: Collection[str]) -> set[str]:
        """The names that the application asks of anything, or of a library that needs the one with the module."""
        by = self.scene.ask(HOLDERS).get(path, "")
        return {name for name, tops in self._names(reached).items() if any(self._leads(top, by) for top in tops)}

    def _leads(self, top: str, info: str) -> bool:
        if not top:
            return True
        if top not in self._tops:
            places = self.scene.ask(MODULE_PATH).resolve(top).paths
            self._tops[top] = frozenset(self.scene.ask(HOLDERS).get(path, "") for path in places)
        return any(not one or info in self._required(one) for one in self._tops[top])

    def _is_own(self, path: str) -> bool:
        return path not in self.scene.ask(HOLDERS) and not self.scene.ask(MODULE_PATH).is_installed(path)

    def _required(self, info: str) -> frozenset[str]:
        """The distribution and all that it requires, empty for none."""
        if info not in self._requirements:
            graph = self.scene.ask(REQUIREMENTS)
            self._requirements[info] = graph.closure([info]) if info else frozenset()
        return self._requirements[info]

    def _names(self, reached: Collection[str]) -> Mapping[str, frozenset[str]]:
        """What the reached sources of the application ask for, and of which top-level modules."""
        if len(reached) == self._looked:
            return self._asked
        self._looked = len(reached)
        for path in reached:
            if path.endswith(".py") and path not in self._own and self._is_own(path):
                self._own[path] = frozenset(asked_names(self.scene.ask(BODIES).read(path) or b""))
        found: dict[str, set[str]] = {}
        for pairs in self._own.values():
            for name, top in pairs:
                found.setdefault(name, set()).add(top)
        self._asked = {name: frozenset(tops) for name, tops in found.items()}
        return self._asked

    def _defines(self, path: str) -> frozenset[str]:
        if path not in self._defined:
            found = _DEFINED.findall(self.scene.ask(BODIES).read(path) or b"")
            self._defined[path] = frozenset(name.decode() for name in found)
        return self._defined[path]
