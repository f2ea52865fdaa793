"""A project as its evidence is read from: its files, what it asks for, and the environment it runs in."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property

from deadweight.core.environment import Environment
from deadweight.core.gap import Gap
from deadweight.core.requirement import Declarations, Lock, Role

_LAZY = re.compile(r"^([ \t]*)lazy[ \t]+(?=import\b|from\b)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """One Python source: its text, what it is for, and its syntax tree, None where this Python cannot parse it."""

    path: str
    text: str
    role: Role
    tree: ast.Module | None


@dataclass(frozen=True)
class Project:
    """A project directory without its environments, caches and version control.

    `files` are its paths, sorted; `read` gives a file's bytes; `role_of` what a path is for. `environment` is None
    where none is known, then names are guessed. `own` are the top-level names of the modules that are the project's.
    """

    location: str
    files: tuple[str, ...]
    read: Callable[[str], bytes]
    role_of: Callable[[str], Role]
    declarations: Declarations = field(default_factory=Declarations)
    locks: tuple[Lock, ...] = ()
    environment: Environment | None = None
    own: frozenset[str] = frozenset()
    _sources: dict[str, Source] = field(default_factory=dict, repr=False)
    _gaps: list[Gap] = field(default_factory=list, repr=False)

    def matching(self, *patterns: str) -> tuple[str, ...]:
        """The files whose name, or path where the pattern has a slash, matches one of the globs."""
        names = _any_of(pattern for pattern in patterns if "/" not in pattern)
        paths = _any_of(pattern for pattern in patterns if "/" in pattern)
        return tuple(path for path in self.files if names(path.rpartition("/")[2]) or paths(path))

    def text(self, path: str) -> str:
        """The file's text; bytes that are no UTF-8 come as replacement characters."""
        return self.read(path).decode("utf-8-sig", "replace")

    def source(self, path: str) -> Source:
        """The Python source at the path, read and parsed once; one that cannot be parsed is a gap, and has no tree."""
        if path not in self._sources:
            self._sources[path] = self.parsed(path, self.text(path))
        return self._sources[path]

    def parsed(self, path: str, text: str) -> Source:
        """Python text that stands in the file, such as the cells of a notebook; `lazy import` (PEP 810) as `import`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(_LAZY.sub(r"\1", text) if "lazy" in text else text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            self.note(Gap("imports", path, f"it cannot be parsed: {fault}"))
            tree = None
        return Source(path, text, self.role_of(path), tree)

    @cached_property
    def python(self) -> tuple[str, ...]:
        """The paths of its Python sources, stubs left out."""
        return self.matching("*.py", "*.pyw")

    @property
    def sources(self) -> Iterable[Source]:
        """All its Python sources, parsed."""
        return map(self.source, self.python)

    def note(self, gap: Gap) -> None:
        """Remember that something is not known."""
        if gap not in self._gaps:
            self._gaps.append(gap)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that is not known of it: its declarations, its environment, what evidence could not read."""
        installed = self.environment.gaps if self.environment else ()
        return (*self.declarations.gaps, *installed, *self._gaps)

    @cached_property
    def declared(self) -> Mapping[str, Role]:
        """Each declared name with its foremost role, constraints left out."""
        found: dict[str, Role] = {}
        order = tuple(Role)
        for one in self.declarations.items:
            if not one.is_constraint:
                found[one.name] = min(one.role, found.get(one.name, one.role), key=order.index)
        return found


def _any_of(patterns: Iterable[str]) -> Callable[[str], re.Match[str] | None]:
    """One expression for all the globs: a project is looked through once for each kind of evidence."""
    return re.compile("|".join(map(translate, patterns)) or r"(?!)").match
