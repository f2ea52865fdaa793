"""Steps to distributions that are made use of where they are there: which they are, and which are wanted after all."""

from __future__ import annotations

import builtins
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.optional_distributions import OPTIONAL
from deadweight.facts.requirement_graph import REQUIREMENTS

_KINDS = frozenset(("imports", "trace"))
_DEFINED = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_CALLED = re.compile(
    rb"\b(?:def|class)[ \t]+\w+|\.[ \t]*([A-Za-z]\w*)|([A-Za-z]\w*)[ \t]*\("
    rb"|\bfrom[ \t]+[\w.]+[ \t]+import[ \t(]+([\w, \t\n]+)"
)
_BUILT_IN = frozenset(
    name.encode() for kind in (builtins, dict, list, str, bytes, set, io.BufferedIOBase) for name in dir(kind)
)
"""What every program calls, of whatever it has: `get` or `values` asks no library for what only some do."""
_WORD = re.compile(rb"[A-Za-z]\w*")
_SHORTEST = 4


@dataclass(slots=True)
class Optional:
    """What a closure does about steps to optional distributions.

    A module of another distribution that imports one asks for it only where it is called: a step is wanted where the
    reached sources of the application call something by a name that the module defines, or that its path holds
    (`df.plot()` and pandas/plotting).
    """

    scene: Scene
    _own: dict[str, frozenset[bytes]] = field(default_factory=dict)
    _defined: dict[str, frozenset[bytes]] = field(default_factory=dict)
    _requirements: dict[str, frozenset[str]] = field(default_factory=dict)

    def is_optional(self, step: Step) -> bool:
        """Whether the step leads to an optional distribution, from outside of it and of the application."""
        optional = self.scene.ask(OPTIONAL) if step.need in _KINDS else {}
        info = optional.get(step.path)
        if info is None or (step.because and self._is_own(step.because)):
            return False
        by = self.scene.ask(HOLDERS).get(step.because, "")
        return info not in self._required(by)

    def is_wanted(self, step: Step, reached: Iterable[str]) -> bool:
        """Whether the application calls what the step leads from."""
        if not step.because:
            return False
        own = self._called(reached)
        inner = self.scene.ask(MODULE_PATH).name_of(step.because).split(".")[1:]
        parts = [part.strip("_").encode() for part in inner if len(part.strip("_")) >= _SHORTEST]
        long = [word for word in own if len(word) >= _SHORTEST]
        named = any(word in part or part in word for part in parts for word in long)
        return named or not own.isdisjoint(self._defines(step.because))

    def _is_own(self, path: str) -> bool:
        return path not in self.scene.ask(HOLDERS) and not self.scene.ask(MODULE_PATH).is_installed(path)

    def _required(self, info: str) -> frozenset[str]:
        """The distribution and all that it requires, empty for none."""
        if info not in self._requirements:
            graph = self.scene.ask(REQUIREMENTS)
            self._requirements[info] = graph.closure([info]) if info else frozenset()
        return self._requirements[info]

    def _called(self, reached: Iterable[str]) -> frozenset[bytes]:
        """What the reached sources of the application call, take as an attribute or import by its name."""
        for path in reached:
            if path.endswith(".py") and path not in self._own and self._is_own(path):
                found = _CALLED.findall(self.scene.ask(BODIES).read(path) or b"")
                words = {word for groups in found for group in groups for word in _WORD.findall(group)}
                self._own[path] = frozenset(words - _BUILT_IN)
        return frozenset().union(*self._own.values())

    def _defines(self, path: str) -> frozenset[bytes]:
        if path not in self._defined:
            self._defined[path] = frozenset(_DEFINED.findall(self.scene.ask(BODIES).read(path) or b""))
        return self._defined[path]
