"""Python needs what it imports by itself: to start, to report an error, from its C code, and by `.pth` lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import dirname

from deadweight.core.closure import Step
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import DISTRIBUTIONS, HOLDERS
from deadweight.facts.infos import INFOS
from deadweight.facts.known_charsets import is_rare
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_text import read
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.starting_modules import ASKED, STARTING, STARTING_BEGINNINGS
from deadweight.facts.tools import TOOL_FILES

_LAID_OUT = ("pyvenv.cfg", "bin/python", "bin/python3", "lib64")


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if path.endswith(".pth"):
        yield from _lines(scene, path)
    elif path in scene.ask(INFOS):
        yield from (Step(file, "is read when Python starts") for file in scene.ask(INFOS)[path].files if _is_pth(file))
    elif path in scene.ask(LIBRARY_PACKAGES):
        for begin in ASKED[scene.ask(LIBRARY_PACKAGES)[path]]:
            yield from _beginning(scene, begin, "is asked for by the package's C code, child processes or late imports")
    elif scene.ask(PYTHON_TEXTS).of(path) is not None:
        yield from (Step(anchor, "is how Python starts") for anchor in scene.ask(ANCHORS))
    if path in scene.ask(ANCHORS):
        yield from _starting(scene)


def _is_pth(path: str) -> bool:
    return path.endswith(".pth")


def _lines(scene: Scene, path: str) -> Iterator[Step]:
    """The modules that the `import` lines of a `.pth` file name (site.py runs them)."""
    body = scene.ask(BODIES).read(path) or b""
    text = read(b"\n".join(line for line in body.splitlines() if line.startswith((b"import ", b"import\t"))))
    names = {statement.module for statement in text.statements} | text.asked
    for name in sorted(names):
        for found in scene.ask(MODULE_PATH).resolve(name).paths:
            yield Step(found, "is imported when Python starts")


def _beginning(scene: Scene, begin: str, says: str) -> Iterator[Step]:
    places = scene.ask(MODULE_PATH)
    found = places.beginning(begin) if begin.endswith(".") else places.resolve(begin).paths
    yield from (Step(path, says) for path in found)


def _starting(scene: Scene) -> Iterator[Step]:
    places = scene.ask(MODULE_PATH)
    for name in STARTING:
        found = places.resolve(name)
        if found.whole:
            yield from (Step(path, f"is imported by the interpreter itself as {name}") for path in found.paths)
    for begin in STARTING_BEGINNINGS:
        for path in places.beginning(begin):
            if not (begin == "encodings." and is_rare(path.rpartition("/")[2].removesuffix(".py"))):
                yield Step(path, f"is found by the interpreter by a name that begins with {begin}")
    yield from _layout(scene)


def _layout(scene: Scene) -> Iterator[Step]:
    """The files that say where an environment's Python is, and lines of `.pth` files that no distribution has."""
    holders = scene.ask(HOLDERS)
    for site in dict.fromkeys(one.site for one in scene.ask(DISTRIBUTIONS)):
        for above in parents(site):
            if f"{above}/pyvenv.cfg" in scene.listing:
                yield from (Step(f"{above}/{name}", "is how the environment finds its Python") for name in _LAID_OUT)
        for path in scene.listing.directly_in(site):
            if _is_pth(path) and path not in holders and not _is_of_tool(scene, path):
                yield Step(path, "is read when Python starts")


def _is_of_tool(scene: Scene, path: str) -> bool:
    """Whether all that the lines import belongs to development tools, as setuptools' hook for distutils does.

    Debian's packages have no RECORD that would say whose the file is.
    """
    modules = [step.path for step in _lines(scene, path)]
    return bool(modules) and scene.ask(TOOL_FILES).issuperset(modules)


def _anchors(scene: Scene) -> tuple[str, ...]:
    places = scene.ask(MODULE_PATH)
    sites = dict.fromkeys(one.site for one in scene.ask(DISTRIBUTIONS))
    files = (f"{above}/pyvenv.cfg" for site in sites for above in parents(site))
    return (*places.resolve("site").paths, *(path for path in files if path in scene.listing))


ANCHORS: Fact[tuple[str, ...]] = Fact("anchors", _anchors)
"""What stands for the start of Python: `site` of the standard library, the file of a virtual environment."""


def _library_packages(scene: Scene) -> dict[str, str]:
    places = scene.ask(MODULE_PATH)
    found = {}
    for name in ASKED:
        paths = places.resolve(name)
        if paths.whole and paths.paths and not _is_distributed(scene, paths.paths[-1]):
            found[paths.paths[-1]] = name
    return found


def _is_distributed(scene: Scene, path: str) -> bool:
    return path in scene.ask(HOLDERS) or dirname(path) == ""


LIBRARY_PACKAGES: Fact[dict[str, str]] = Fact("packages of the standard library", _library_packages)
"""The file of each package of ASKED in the artifact's standard library, with its name."""


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("start-up", "what Python imports by itself, and the lines of .pth files", _seeds, _follow)
