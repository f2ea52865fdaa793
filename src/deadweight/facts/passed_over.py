"""Which modules a package passes over when it lists what it loads late, as watched runs saw it read its own sources.

transformers reads the sources of all its models to list their names, but for those that begin with `modular_`, from
which others were made: nothing ever loads them. That a module was read as text a run tells: its source was opened and
its bytecode, which an import takes, was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Use
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.infos import INFOS
from deadweight.facts.trace import TRACE

_BYTECODE = re.compile(r"(?P<above>.*/)__pycache__/(?P<name>[^/.]+)\.(?:cpython|pypy)-?\d+t?\.pyc", re.DOTALL)
_LISTS = re.compile(rb"\b(?:scandir|listdir|iterdir|glob|walk)\(")
_DIRECTORIES = 3
"""In so many directories a name is to be passed over beside others that were read."""


def _passed_over(scene: Scene) -> frozenset[str]:
    trace = scene.ask(TRACE)
    if trace is None:
        return frozenset()
    opened = {touch.path for touch in trace.touches if not {Use.OPENED, Use.MAPPED}.isdisjoint(touch.uses)}
    found: set[str] = set()
    for (info, prefix), paths in _unread(scene, opened).items():
        if len({path.rpartition("/")[0] for path in paths}) >= _DIRECTORIES and _is_named(scene, info, opened, prefix):
            found |= paths
    return frozenset(found)


def _unread(scene: Scene, opened: set[str]) -> Mapping[tuple[str, str], set[str]]:
    """By dist-info and beginning of the name: modules that nobody opened, beside others that were read as text.

    No module with that beginning was opened in such a directory.
    """
    bytecode = _bytecode(scene)
    read = {path for path in opened if path in bytecode and not opened.intersection(bytecode[path])}
    directories = {path.rpartition("/")[0] for path in read}
    holders = scene.ask(HOLDERS)
    found: dict[tuple[str, str], set[str]] = {}
    used: set[tuple[str, str]] = set()
    for path in (path for directory in directories for path in scene.listing.directly_in(directory)):
        name = path.rpartition("/")[2]
        beginning, sign, _ = name.partition("_")
        if path.endswith(".py") and beginning and sign and path in holders:
            key = (holders[path], f"{beginning}_")
            if path in opened or opened.intersection(bytecode.get(path, ())):
                used.add(key)
            else:
                found.setdefault(key, set()).add(path)
    return {key: paths for key, paths in found.items() if key not in used}


def _bytecode(scene: Scene) -> Mapping[str, set[str]]:
    """The bytecode beside each source that has any."""
    found: dict[str, set[str]] = {}
    for entry in scene.listing.entries:
        match = _BYTECODE.fullmatch(entry.path) if entry.path.endswith(".pyc") else None
        if match:
            found.setdefault(f"{match['above']}{match['name']}.py", set()).add(entry.path)
    return found


def _is_named(scene: Scene, info: str, opened: Iterable[str], prefix: str) -> bool:
    """Whether a source of the distribution that ran and lists directories has the beginning as a string."""
    named = re.compile(rb"""["']%s["']""" % re.escape(prefix.encode()))
    bodies = (scene.ask(BODIES).read(path) or b"" for path in _ran(scene, info, opened))
    return any(_LISTS.search(body) and named.search(body) for body in bodies)


def _ran(scene: Scene, info: str, opened: Iterable[str]) -> Iterator[str]:
    files = frozenset(scene.ask(INFOS)[info].files)
    for path in sorted(opened):
        match = _BYTECODE.fullmatch(path)
        source = f"{match['above']}{match['name']}.py" if match else path
        if source in files and source.endswith(".py"):
            yield source


PASSED_OVER: Fact[frozenset[str]] = Fact("modules passed over", _passed_over)
"""The modules that a lister of their distribution names by how they begin, and read in no run; none without a trace."""
