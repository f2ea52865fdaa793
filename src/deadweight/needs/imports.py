"""Modules need what they import: plainly, relatively, guarded, in functions, and by names that stand in strings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH, ModulePath, Resolved
from deadweight.facts.passed_over import PASSED_OVER
from deadweight.facts.python_text import PythonText, Statement
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.suites import is_test
from deadweight.facts.tools import TOOL_BOUND
from deadweight.needs.handing import HANDING, decided

_UNREAD = "its package has a source that imports by name and can't be parsed"


@dataclass(frozen=True, slots=True)
class _Module:
    """A reached source: where it stands, and what it is called."""

    scene: Scene
    path: str
    name: str
    package: str
    places: ModulePath
    given: set[str] = field(default_factory=set)
    """What it is known to need: each of its imports leads to the packages above, and steps to them are no news."""

    @property
    def directory(self) -> str:
        """The directory that relative names start from."""
        return self.path.rpartition("/")[0]

    @property
    def is_own(self) -> bool:
        """Whether it is the application's: neither of a distribution nor of the standard library."""
        return self.path not in self.scene.ask(HOLDERS) and not self.places.is_installed(self.path)

    @property
    def is_of_python(self) -> bool:
        """Whether it is of the standard library."""
        return self.path not in self.scene.ask(HOLDERS) and self.places.is_installed(self.path)

    def absolute(self, dots: int, name: str) -> str:
        """The absolute name of a relative one; empty past the top."""
        if not dots:
            return name
        if not self.package:
            return ""
        above = self.package.split(".") if self.package else []
        if dots - 1 > len(above):
            return ""
        above = above[: len(above) - dots + 1]
        return ".".join([*above, name] if name else above)


_HOOK = "_distutils_hack"
"""setuptools' hook, which Python runs at every start. It asks for setuptools only when somebody asks for distutils, and
does without where that is missing."""


_AT_A_TERMINAL = frozenset({"doctest", "pdb", "pydoc", "pydoc_data"})
"""What the standard library itself imports late for a person at a terminal alone: its self-tests, help(), pdb."""
_EDITING = frozenset({"readline", "rlcompleter"})
"""What edits the line that a person types: who imports it where it can be missing does without at no terminal."""
_WITHOUT = {"_pydecimal": "_decimal", "_pyio": "_io"}
"""What the standard library does in Python, by what does the same in C: asked for where that is missing."""
_RENAMED = "_compat_pickle"
"""What pickle knows of Python 2: a table of names, of which it loads none by itself."""
_CODECS = "encodings"
"""It finds codecs by the names that others ask for."""


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    text = scene.ask(PYTHON_TEXTS).of(path)
    if text is None:
        return
    places = scene.ask(MODULE_PATH)
    name = places.name_of(path)
    module = _Module(scene, path, name, places.package_of(path), places)
    yield from _above(module)
    if name in (_HOOK, _RENAMED):
        return
    for statement in text.statements:
        yield from _imported(module, statement)
    if name == _CODECS and module.is_of_python:
        return
    yield from _spoken(module, text)
    for given, function in scene.ask(HANDING).names(path):
        yield from _named(module, given, f"handed to {function} as {given!r}", guarded=True, whole=True)
    yield from _beside(module)
    if text.dynamic:
        yield from _built(module, text)
    if text.replaced and path.endswith("/__init__.py"):
        says = "its package loads its modules late, by names that it lists as it runs"
        passed_over = scene.ask(PASSED_OVER)
        yield from _kept(module, (one for one in places.submodules(module.directory) if one not in passed_over), says)


def _above(module: _Module) -> Iterator[Step]:
    """The packages that the module lies in are run before it."""
    parts = module.package.split(".") if module.package else []
    if parts:
        for path in module.places.resolve(module.package).paths:
            if path != module.path:
                yield Step(path, f"is the package of {module.name}")


def _imported(module: _Module, statement: Statement) -> Iterator[Step]:
    base = module.absolute(statement.dots, statement.module)
    if not base:
        return
    says = f"imported in line {statement.line}"
    yield from _named(module, base, says, guarded=statement.guarded)
    for name in statement.names:
        if name != "*":
            yield from _named(module, f"{base}.{name}", says, guarded=statement.guarded, whole=True)


def _named(module: _Module, name: str, says: str, *, guarded: bool, whole: bool = False) -> Iterator[Step]:
    """The files that the name runs; `whole` where a part that is missing is no module but a name in one."""
    found = module.places.resolve(name, _fallback(module))
    if not found.depth or (whole and not found.whole):
        return
    if name in _WITHOUT and module.is_of_python and module.places.resolve(_WITHOUT[name]).whole:
        return
    first = name.partition(".")[0]
    if guarded and ((first in _AT_A_TERMINAL and module.is_of_python) or (first in _EDITING and not module.is_own)):
        return
    bound = module.scene.ask(TOOL_BOUND)
    if guarded and not bound.holds(module.path) and any(bound.holds(path) for path in found.paths):
        return
    for path in found.paths:
        if path not in module.given:
            module.given.add(path)
            yield Step(path, says)


def _fallback(module: _Module) -> str:
    """Scripts find what lies beside them; what is installed does not."""
    return "" if module.path in module.scene.ask(HOLDERS) else module.directory


def _spoken(module: _Module, text: PythonText) -> Iterator[Step]:
    """What strings of the source name."""
    for name in sorted(text.asked | text.run):
        yield from _named(module, name, f"named as {name!r}", guarded=True)
    for name in sorted(text.run):
        yield from _named(module, f"{name}.__main__", f"run as -m {name}", guarded=True, whole=True)
    for name in sorted(text.dotted):
        yield from _quoted(module, name)
    for name in sorted(text.words if text.configured and module.is_own else ()):
        yield from _named(module, name, f"named as {name!r}", guarded=True)
        yield from _package(module, module.places.resolve(name))
    # Packages of the standard library list their modules in __all__ and load none of them late.
    late = module.package and (text.dynamic or not module.is_of_python)
    for name in sorted(text.words if late else ()):
        yield from _named(module, f"{module.package}.{name}", f"named as {name!r}", guarded=True, whole=True)


def _built(module: _Module, text: PythonText) -> Iterator[Step]:
    """What the source imports by names that it builds, and all beside it where only a run can tell."""
    found = decided(module.scene, module.path, module.scene.ask(PYTHON_TEXTS).dynamic(module.path))
    for begin in sorted(found.prefixes):
        dots = len(begin) - len(begin.lstrip("."))
        whole = f"{module.absolute(dots, '')}.{begin[dots:]}" if dots else begin
        yield from _kept(module, module.places.beginning(whole), f"its name begins with {whole!r}, as one built there")
    for ending in sorted(found.endings):
        yield from _kept(module, _ending(module, ending), f"its name ends as {ending!r}, as one built there")
    if found.lists:
        yield from _listed(module, text)
    named = module.package and any(
        module.places.resolve(f"{module.package}.{word}").whole for word in text.words if module.package
    )
    doubts = found.doubts or (() if named else found.deferred)
    if not module.package or not (doubts or found.unread):
        return
    says = f"its package imports in line {doubts[0]} what only a run can tell" if doubts else _UNREAD
    yield from _kept(module, module.places.submodules(module.directory), says)


def _listed(module: _Module, text: PythonText) -> Iterator[Step]:
    """The modules of each package that the source names in a string: it lists the modules of packages."""
    for name in sorted(text.dotted):
        found = module.places.resolve(name)
        directory = found.paths[-1].removesuffix("/__init__.py") if found.whole and found.paths else ""
        if directory and directory != found.paths[-1]:
            says = f"is in the package {name}, named in a source that lists the modules of packages"
            yield from _kept(module, module.places.submodules(directory), says)


def _ending(module: _Module, ending: str) -> Iterator[str]:
    """The modules of the same distribution whose names end so, or go on behind it."""
    one = module.scene.ask(INFOS).get(module.scene.ask(HOLDERS).get(module.path, ""))
    inner = ending.replace(".", "/")
    for path in one.files if one else ():
        place = f"{path.rpartition('/')[0]}/"
        is_beside = inner.endswith("/") and place.endswith(inner) and path.endswith(".py")
        if is_beside or path.endswith((f"{inner}.py", f"{inner}/__init__.py")):
            yield path


def _kept(module: _Module, paths: Iterable[str], says: str) -> Iterator[Step]:
    bound = module.scene.ask(TOOL_BOUND)
    for path in paths:
        if bound.holds(module.path) or not bound.holds(path):
            yield Step(path, says)


def _beside(module: _Module) -> Iterator[Step]:
    """The application's modules in one package go together."""
    if module.package and module.is_own:
        yield from _kept(module, module.places.submodules(module.directory), "is in a package of the application")


def _quoted(module: _Module, name: str) -> Iterator[Step]:
    """A string that reads as the name of a module, or of something in one."""
    dots = len(name) - len(name.lstrip("."))
    target = module.absolute(dots, name[dots:].partition(":")[0])
    found = module.places.resolve(target, _fallback(module)) if target else None
    parts = target.count(".") + 1
    if found is not None and found.depth and (parts - found.depth <= 2):
        yield from _named(module, target, f"named as {name!r}", guarded=True)
        if found.whole and module.is_own:
            yield from _package(module, found)


def _package(module: _Module, found: Resolved) -> Iterator[Step]:
    """All of a package that the application names in a string: what it is configured with looks into it by listing."""
    last = found.paths[-1] if found.paths else ""
    directory = last.removesuffix("/__init__.py")
    if directory != last:
        paths = (path for path in module.scene.listing.paths_under(directory) if path.endswith(".py"))
        inner = (path for path in paths if not is_test(path[len(directory) :]))
        yield from _kept(module, inner, "is in a package that the application names in a string")


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("imports", "the modules that a reached module imports", _seeds, _follow)
