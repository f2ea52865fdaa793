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
from deadweight.facts.requirement_graph import REQUIREMENTS

_OF_PYTHON = re.compile(
    r"(?:^|/)lib/python3\.\d+/(?:(?:test|idlelib|lib2to3|ensurepip|turtledemo|distutils/command)/"
    r"|distutils/(?:core|cmd|dist|extension|\w*compiler)\.py$)"
)
"""Python's own tests and tools, in its standard library. What else distutils has is used by itself: versions, words."""
_AS_LIBRARY = re.compile(r"(?:^|/)pkg_resources/")
"""What libraries use of setuptools at run time."""


def _tool_files(scene: Scene) -> frozenset[str]:
    tools = (one for one in scene.ask(DISTRIBUTIONS) if category(one.name))
    own = (entry.path for entry in scene.listing.entries if _OF_PYTHON.search(entry.path))
    return frozenset((*(path for one in tools for path in one.files), *own))


TOOL_FILES: Fact[frozenset[str]] = Fact("tool files", _tool_files)
"""The files of installed development tools, and of those in the standard library."""


_DEEPEST = 3


@dataclass(frozen=True)
class ToolBound:
    """Modules of libraries that import a development tool without condition: they are that tool's plug-ins."""

    scene: Scene
    _known: dict[str, bool] = field(default_factory=dict, repr=False)

    def holds(self, path: str, depth: int = 0) -> bool:
        """Whether the module at the path is a tool's own, or one of a library that is of no use without a tool.

        It asks for the tool itself, or through modules of its own distribution, `depth` of which are already followed.
        """
        if path not in self._known:
            self._known[path] = False  # modules that import each other
            tools = self.scene.ask(TOOL_FILES)
            self._known[path] = path in tools or (depth < _DEEPEST and any(self._asks(path, tools, depth)))
        return self._known[path]

    def _asks(self, path: str, tools: frozenset[str], depth: int) -> Iterator[bool]:
        info = self.scene.ask(HOLDERS).get(path)
        if info is None:
            return
        holders = self.scene.ask(HOLDERS)
        for found in self._imported(path):
            if found in tools:
                yield not self._is_required(info, holders.get(found, "")) and not _AS_LIBRARY.search(found)
            elif holders.get(found) == info and not self._is_front(found):
                yield self.holds(found, depth + 1)

    def _imported(self, path: str) -> Iterator[str]:
        """The files of the modules that the module imports without condition, not those of packages above them."""
        places = self.scene.ask(MODULE_PATH)
        text = self.scene.ask(PYTHON_TEXTS).of(path)
        package = places.package_of(path)
        for statement in text.statements if text else ():
            base = statement.base(package)
            if not statement.guarded and base:
                yield from places.resolve(base).paths[-1:]
                inner = (places.resolve(f"{base}.{name}") for name in statement.names if name != "*")
                yield from (one.paths[-1] for one in inner if one.whole and one.paths)

    def _is_required(self, info: str, tool: str) -> bool:
        """Whether the distribution's metadata requires the tool: then it is a library to it."""
        return any(need.on == tool for need in self.scene.ask(REQUIREMENTS).needs.get(info, ()))

    def _is_front(self, path: str) -> bool:
        """Whether it is what a whole library is imported by."""
        name = self.scene.ask(MODULE_PATH).name_of(path)
        return "." not in name and path.endswith("/__init__.py")


TOOL_BOUND: Fact[ToolBound] = Fact("tool bound", ToolBound)
"""What a guarded import does not reach: tools, and the parts of libraries that are for them."""
