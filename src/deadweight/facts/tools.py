"""Which files belong to development tools, and which modules are of use only with one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, HOLDERS
from deadweight.facts.known_tools import category
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_texts import PYTHON_TEXTS

_OF_PYTHON = re.compile(r"(?:^|/)lib/python3\.\d+/(?:test|idlelib|lib2to3|ensurepip|turtledemo)/")
"""Python's own tests and tools, in its standard library."""


def _tool_files(scene: Scene) -> frozenset[str]:
    tools = (one for one in scene.ask(DISTRIBUTIONS) if category(one.name))
    own = (entry.path for entry in scene.listing.entries if _OF_PYTHON.search(entry.path))
    return frozenset((*(path for one in tools for path in one.files), *own))


TOOL_FILES: Fact[frozenset[str]] = Fact("tool files", _tool_files)
"""The files of installed development tools, and of those in the standard library."""


@dataclass(frozen=True)
class ToolBound:
    """Modules of libraries that import a development tool without condition: they are that tool's plug-ins."""

    scene: Scene
    _known: dict[str, bool] = field(default_factory=dict, repr=False)

    def holds(self, path: str) -> bool:
        """Whether the module at the path is a tool's own, or one of a library that is of no use without a tool."""
        if path not in self._known:
            self._known[path] = False  # modules that import each other
            tools = self.scene.ask(TOOL_FILES)
            self._known[path] = path in tools or any(self._asks(path, tools))
        return self._known[path]

    def _asks(self, path: str, tools: frozenset[str]) -> Iterator[bool]:
        if path not in self.scene.ask(HOLDERS):
            return
        text = self.scene.ask(PYTHON_TEXTS).of(path)
        places = self.scene.ask(MODULE_PATH)
        for statement in text.statements if text else ():
            if not statement.guarded and not statement.dots:
                yield any(found in tools for found in places.resolve(statement.module).paths[-1:])


TOOL_BOUND: Fact[ToolBound] = Fact("tool bound", ToolBound)
"""What a guarded import does not reach: tools, and the parts of libraries that are for them."""
