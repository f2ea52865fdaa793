"""Files that reached code names in its strings: libraries for dlopen, programs, absolute paths.

This is the net under the tables of what is known. A name counts where something of that name is there: a library by
its soname or file name, a program on the search path, a file at its absolute path. The application's own sources are
taken at every word; installed ones at what they hand to a call that runs or looks for programs, and for the tools of
developers (a compiler, git) only where the distribution is about that tool. A library of the operating system counts
on another for dlopen where its package depends on that of the other, recommends or suggests it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from deadweight.core.closure import Step
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.bodies import BODIES
from deadweight.facts.developers_programs import is_developers
from deadweight.facts.library_search import LIBRARY_SEARCH
from deadweight.facts.native_builds import NATIVE_BUILDS
from deadweight.facts.seen_paths import program_at, seen_at
from deadweight.facts.source_names import SourceNames, names_of, without_documents
from deadweight.needs.native_names import is_wanted, names_in
from deadweight.needs.programs_beside import programs_beside

_INSTALLED = frozenset({OwnerKind.DISTRIBUTION, OwnerKind.INTERPRETER, OwnerKind.OS_PACKAGE, OwnerKind.CONDA})
_COMPILERS = ("c++", "g++", "gcc", "cc", "clang++", "clang", "ninja")
_NAMES_FOR_OTHERS = re.compile(r"(?:^|/)(?:_sysconfigdata[^/]*|ctypes/[^/]+)\.py$")
"""What Python was built with, which nothing opens, and what looks libraries up for others, by names that they give."""
_COMPLETED = frozenset({"bash", "zsh", "fish"})
"""Shells that complete a command line run the program that completes it: who has none needs none."""
_PAGERS = frozenset({"less", "more", "most", "pager"})
"""What shows a long text page by page to who sits at a terminal: who has none prints it."""
_COMPILERS_OWN = re.compile(r"usr/lib(?:64)?/gcc/")
"""Where GCC keeps links and libraries to build with; no loader searches there, and so ldconfig lists none of them."""
_LISTS_LIBRARIES = ("sbin/ldconfig", "usr/sbin/ldconfig")


def _seeds(scene: Scene) -> Iterator[Step]:
    """The compilers of an application that builds code as it runs (torch.compile)."""
    builder = scene.ask(NATIVE_BUILDS).application
    for name in _COMPILERS if builder else ():
        path = program_at(scene, name)
        if path is not None:
            yield Step(path, f"is a compiler, and {builder} speaks of building code as it runs")


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    named = names_in(scene, path)
    if named is not None:
        yield from _of_native(scene, path, named)
    elif path.endswith(".py") and not _NAMES_FOR_OTHERS.search(path):
        body = scene.ask(BODIES).read(path) or b""
        yield from programs_beside(scene, path, body)
        own = scene.ownership.of(path).kind not in _INSTALLED
        said = names_of(body, words=own)
        # Taking documents out costs more than looking, and most sources name nothing to begin with.
        if not own and said != SourceNames():
            said = names_of(without_documents(body), words=False)
        yield from _of_source(scene, path, said)


def _of_native(scene: Scene, path: str, names: frozenset[str]) -> Iterator[Step]:
    for name in sorted(names):
        if name.startswith("/"):
            yield from _at(scene, name)
        elif ".so" in name:
            for one in _libraries(scene, name, path):
                if is_wanted(scene, path, one):
                    yield Step(one, f"is named in it: {name}")


def _libraries(scene: Scene, name: str, path: str) -> Iterator[str]:
    """The libraries of a name that may hold a place to fill in or a directory before it."""
    last = name.rpartition("/")[2]
    search = scene.ask(LIBRARY_SEARCH)
    if any(sign in last for sign in "%*["):
        pattern = last.replace("%s", "*").replace("%d", "*").replace("%u", "*")
        if len(pattern.split("*")[0]) > len("lib"):
            yield from (
                one for known, paths in search.providers.items() if fnmatchcase(known, pattern) for one in paths
            )
    else:
        yield from (one.path for one in search.named(last, path))


def _at(scene: Scene, absolute: str) -> Iterator[Step]:
    """The file at the absolute path; of a directory nothing, for a prefix of the build names all of /usr."""
    for path in seen_at(scene, absolute):
        real = scene.listing.resolve(path)
        if real is not None and real in scene.listing and real not in scene.listing.directories:
            yield Step(path, f"is named in it: {absolute}")


def _of_source(scene: Scene, path: str, names: SourceNames) -> Iterator[Step]:
    for name in sorted(names.libraries):
        yield from (Step(one, f"is named in it: {name}") for one in _libraries(scene, name, path))
    if names.looked_up:
        yield from _looked_up(scene, names)
    for absolute in sorted(names.paths):
        yield from _at(scene, absolute)
    owner = scene.ownership.of(path)
    own = owner.kind not in _INSTALLED
    run = names.words | names.run if own else names.run - _PAGERS
    for name in sorted(run - _COMPLETED if "completion" in path.rpartition("/")[2] else run):
        if own or not is_developers(name) or name in owner.name:
            found = program_at(scene, name) if "/" not in name else None
            if found is not None:
                yield Step(found, f"is a program that it names: {name}")


def _looked_up(scene: Scene, names: SourceNames) -> Iterator[Step]:
    """What ctypes.util.find_library gives for the words of the source, and what it asks: ldconfig."""
    providers = scene.ask(LIBRARY_SEARCH).providers
    for tool in _LISTS_LIBRARIES:
        yield Step(tool, "is what ctypes.util.find_library asks")
    for known, paths in providers.items():
        stem = known.removeprefix("lib").partition(".so")[0]
        if known.startswith("lib") and stem in names.looked_up:
            found = (one for one in paths if not _COMPILERS_OWN.match(one))
            yield from (Step(one, f"is what find_library({stem!r}) gives") for one in found)


NEED: Need = Need("named-files", "libraries, programs and files that code names", _seeds, _follow)
