"""Where the artifact's own Python looks imports up, and which files an import of a name runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from deadweight.core.listing import Listing
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Entrance
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.interpreters import INTERPRETERS

_LIBRARY = re.compile(r"(?:^|/)lib(?:64)?/(?:python3\.\d+t?|pypy3\.\d+)$")
_PREFIX = re.compile(r"(.*?)/?(?:lib|lib64)/(?:python|pypy)3")
_TAG = re.compile(r"\.(?:cpython-|pypy3|abi3|so$|pyd$)")
_EDITABLE = re.compile(rb"""['"]([\w.]+)['"]\s*:\s*\[?['"]([^'"]+)['"]""")
_CODE = (".py", ".pyc", ".so", ".pyd")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The files that an import of a dotted name runs, outermost package first; `depth` of its parts are there.

    `whole` is whether every part is: of `package.module.Class` two parts are.
    """

    paths: tuple[str, ...]
    depth: int
    whole: bool


_NOTHING = Resolved((), 0, whole=False)


@dataclass(slots=True)
class _Known:
    """What is known of a name: `places` are the directories in which its own parts lie."""

    said: Resolved
    places: tuple[str, ...]
    _short: _Known | None = None

    def lacking(self) -> _Known:
        """What is known of all of its parts that are not there."""
        if self._short is None:
            self._short = _Known(Resolved(self.said.paths, self.said.depth, whole=False), ())
        return self._short


@dataclass(frozen=True)
class ModulePath:
    """The directories in which imports are looked up, in order.

    `finders` are what editable installs map: top-level name to the path that it is imported from. `installed` are the
    roots that hold distributions or the standard library.
    """

    listing: Listing
    roots: tuple[str, ...]
    finders: Mapping[str, str] = field(default_factory=dict)
    installed: frozenset[str] = frozenset()
    _found: dict[tuple[str, str], _Known] = field(default_factory=dict, repr=False)
    _inside: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def resolve(self, name: str, first: str = "") -> Resolved:
        """What the import of the name runs; `first` is a directory that is looked into after all others."""
        return self._known(name, first).said

    def _known(self, name: str, first: str) -> _Known:
        """The same, remembered where it is whole: of `from package import name` most names are no modules."""
        known = self._found.get((name, first))
        if known is not None:
            return known
        above, dot, part = name.rpartition(".")
        if dot:
            outer = self._known(above, first)
            if not outer.said.whole:
                return outer
            files, places = self._step(outer.places, part, top=False)
            if not files and not places:
                return outer.lacking()
            before = outer.said
        else:
            files, places = self._step((*self.roots, first) if first else self.roots, part, top=True)
            before = _NOTHING
        whole = bool(files or places)
        known = _Known(Resolved((*before.paths, *files), before.depth + whole, whole), places)
        self._found[name, first] = known
        return known

    def _step(self, places: tuple[str, ...], part: str, *, top: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files that the part is, and the directories in which its own parts lie (PEP 420 for several)."""
        spaces: list[str] = []
        for place in places:
            whole = f"{place}/{part}" if place else part
            # Most names are of no directory, and none of these is remembered.
            is_there = whole in self.listing.directories or whole in self.listing.links
            package = self._modules(whole).get("__init__") if is_there else None
            if package:
                return package, (self._real(whole),)
            module = self._modules(place).get(part)
            if module:
                return module, ()
            if is_there:
                spaces.append(self._real(whole))
        mapped = self.finders.get(part, "") if top and not spaces else ""
        if mapped:
            return self._step((posixpath.dirname(mapped),), posixpath.basename(mapped), top=False)
        return (), tuple(spaces)

    def _real(self, path: str) -> str:
        return path if path in self.listing.directories else self.listing.resolve(path) or path

    def _modules(self, directory: str) -> Mapping[str, tuple[str, ...]]:
        """The modules that lie in the directory itself, by name: extension modules and sources of one name are both."""
        if directory not in self._inside:
            found: dict[str, list[str]] = {}
            for path in self._files(directory):
                name = path.rpartition("/")[2]
                if name.endswith(_CODE):
                    found.setdefault(_TAG.split(name)[0].removesuffix(".py").removesuffix(".pyc"), []).append(path)
            self._inside[directory] = {name: tuple(paths) for name, paths in found.items()}
        return self._inside[directory]

    def _files(self, directory: str) -> Iterator[str]:
        real = self._real(directory) if directory in self.listing.links else directory
        return self.listing.directly_in(real) if real in self.listing.directories else iter(())

    def submodules(self, directory: str, begin: str = "") -> Iterator[str]:
        """The files of all modules in the directory whose names begin so, and the `__init__` of packages in it."""
        for name, paths in self._modules(directory).items():
            if name.startswith(begin):
                yield from paths
        prefix = f"{directory}/" if directory else ""
        for below in self._packages(directory):
            if below.startswith(begin):
                yield from self._modules(prefix + below).get("__init__", ())

    def beginning(self, begin: str) -> Iterator[str]:
        """The files of every module whose dotted name begins so: `package.sub_` has a package and a part."""
        package, _, part = begin.rpartition(".")
        if not package:
            if part:
                yield from (path for root in self.roots for path in self.submodules(root, part))
            return
        for root in self.roots:
            place = f"{root}/{package.replace('.', '/')}" if root else package.replace(".", "/")
            if place in self.listing.directories:
                yield from self.submodules(place, part)

    def _packages(self, directory: str) -> Iterator[str]:
        start = len(directory) + 1 if directory else 0
        last = ""
        for path in self.listing.paths_under(directory):
            name, slash, _ = path[start:].partition("/")
            if slash and name != last:
                last = name
                yield name

    def is_installed(self, path: str) -> bool:
        """Whether the nearest root above the path holds distributions or the standard library."""
        return next((above in self.installed for above in (*parents(path), "") if above in self._root_set), False)

    def name_of(self, path: str) -> str:
        """The dotted name of the module at the path, from the nearest root; empty for one that lies under none."""
        directory, _, name = path.rpartition("/")
        stem = _TAG.split(name)[0].removesuffix(".pyc").removesuffix(".py")
        for above in (directory, *parents(directory), ""):
            if above in self._root_set:
                inner = directory[len(above) :].strip("/").replace("/", ".")
                parts = [part for part in (inner, "" if stem == "__init__" else stem) if part]
                return ".".join(parts)
        return ""

    def package_of(self, path: str) -> str:
        """The dotted name of the package that relative imports of the module at the path start from."""
        name = self.name_of(path)
        return name if path.endswith("/__init__.py") else name.rpartition(".")[0]

    @cached_property
    def _root_set(self) -> frozenset[str]:
        return frozenset(self.roots)


def _module_path(scene: Scene) -> ModulePath:
    own = [path for entrance in scene.ask(ENTRANCES) for path in _own_places(scene, entrance)]
    sites = list(_sites(scene))
    added, finders = _pointed(scene, sites)
    libraries = list(_libraries(scene))
    roots = dict.fromkeys(_settled(scene.listing, (*own, *sites, *added, *libraries)))
    return ModulePath(scene.listing, tuple(roots), finders, frozenset(_settled(scene.listing, (*sites, *libraries))))


def _settled(listing: Listing, places: Iterable[str]) -> Iterator[str]:
    for place in places:
        real = listing.resolve(place)
        if real is not None and real in listing.directories:
            yield real


def _own_places(scene: Scene, entrance: Entrance) -> Iterator[str]:
    """Where the command looks before the installed distributions: scripts' directories, its own, PYTHONPATH."""
    listing = scene.listing
    for word in entrance.words:
        path = entrance.inside(word) if "/" in word or word.endswith(".py") else None
        real = listing.resolve(path) if path is not None else None
        if real is not None and real.endswith(".py") and real in listing:
            yield posixpath.dirname(real)
        elif real is not None and real in listing.directories:
            yield real
    here = entrance.inside(".")
    if here is not None:
        yield here
    for part in entrance.environment.get("PYTHONPATH", "").split(":"):
        place = entrance.inside(part) if part else None
        if place is not None:
            yield place


def _sites(scene: Scene) -> Iterator[str]:
    """The directories of installed distributions, those of virtual environments first."""
    listing = scene.listing
    found = {one.site for one in scene.ask(DISTRIBUTIONS)}
    for name in ("site-packages", "dist-packages"):
        found.update(listing.directories_named.get(name, ()))
    yield from _ordered(scene, found)


def _ordered(scene: Scene, places: Iterable[str]) -> list[str]:
    """First what belongs to the Pythons that are run, then virtual environments, then `usr/local`, then the rest."""
    prefixes = scene.ask(INTERPRETERS)
    listing = scene.listing

    def rank(place: str) -> tuple[int, bool, bool, str]:
        prefix = _PREFIX.match(place)
        here = prefix[1] if prefix else place
        here = here.removesuffix("/local") if place.endswith("dist-packages") else here
        run = prefixes.index(here) if here in prefixes else len(prefixes)
        return run, f"{here}/pyvenv.cfg".lstrip("/") not in listing, here != "usr/local", place

    return sorted(places, key=rank)


def _libraries(scene: Scene) -> Iterator[str]:
    listing = scene.listing
    found = (directory for directory in listing.directories if _LIBRARY.search(directory))
    for directory in _ordered(scene, (one for one in found if f"{one}/os.py" in listing)):
        yield directory
        yield f"{directory}/lib-dynload"


def _pointed(scene: Scene, sites: Iterable[str]) -> tuple[list[str], Mapping[str, str]]:
    """The directories that `.pth` files add, and the names that the finders of editable installs map to paths."""
    listing, bodies = scene.listing, scene.ask(BODIES)
    finders: dict[str, str] = {}
    added: list[str] = []
    files = [path for site in sites for path in listing.directly_in(site) if path.endswith(".pth") or _finds(path)]
    bodies.fetch(files)
    for path in files:
        body = bodies.read(path) or b""
        if path.endswith(".pth"):
            lines = (line.strip() for line in body.decode("utf-8", "replace").split("\n"))
            added.extend(_inside(scene, posixpath.dirname(path), line) for line in lines if _is_place(line))
        else:
            mapped = ((name.decode(), there.decode("utf-8", "replace")) for name, there in _EDITABLE.findall(body))
            finders.update((name, _inside(scene, "", there)) for name, there in mapped)
    return added, finders


def _finds(path: str) -> bool:
    return path.rpartition("/")[2].startswith("__editable__") and path.endswith(".py")


def _is_place(line: str) -> bool:
    return bool(line) and not line.startswith(("#", "import ", "import\t"))


def _inside(scene: Scene, site: str, place: str) -> str:
    """The path in the artifact for one in a `.pth` file: relative to its site, else as a program sees the root."""
    if not place.startswith("/"):
        return posixpath.normpath(posixpath.join(site, place))
    for root in dict.fromkeys(one.root for one in scene.ask(ENTRANCES)):
        top = root.rstrip("/") + "/"
        if place.startswith(top):
            return posixpath.normpath(place[len(top) :])
    return posixpath.normpath(place.lstrip("/"))


MODULE_PATH: Fact[ModulePath] = Fact("module path", _module_path)
"""The directories in which imports are looked up, in order: those of the ways in, of distributions, of the library."""
