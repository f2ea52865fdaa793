"""Distributions that no watched run used, nothing requires, and the application does not name.

Libraries make use of many others where they are there, and say so in no more than an extra of their metadata, or not
at all: pandas draws with matplotlib, transformers looks whether pandas is there. Such a look is no need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deadweight.core.entry import Kind
from deadweight.core.owner import OwnerKind
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Touch, Use
from deadweight.facts.asked_extras import ASKED_EXTRAS
from deadweight.facts.bodies import BODIES
from deadweight.facts.commands import COMMANDS
from deadweight.facts.distributions import HOLDERS, Distribution
from deadweight.facts.infos import INFOS
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.trace import TRACE

_BYTECODE = re.compile(r"__pycache__/([^/]+)\.(?:cpython|pypy)-?\d+t?(?:\.opt-\d)?\.pyc$")
_RAN = frozenset((Use.OPENED, Use.EXECUTED, Use.MAPPED))
_ABOUT = re.compile(r"\.(?:dist|egg)-info(?:/|$)")
_INSTALLED = frozenset((OwnerKind.DISTRIBUTION, OwnerKind.INTERPRETER, OwnerKind.OS_PACKAGE, OwnerKind.CONDA))
_CONFIGURED = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".json", ".xml")
_LARGEST = 256 << 10
_WORDS = re.compile(rb"[A-Za-z_]\w*")
_DOTTED = re.compile(rb"([A-Za-z_]\w*)\.\w")


def _optional(scene: Scene) -> Mapping[str, str]:
    trace, infos, graph = scene.ask(TRACE), scene.ask(INFOS), scene.ask(REQUIREMENTS)
    if trace is None:
        return {}
    used = {*_ran(scene, trace.touches), *_named(scene, infos)}
    needed = graph.closure(used)
    while more := {one for one in _asked(scene, needed) if one not in needed}:
        needed = graph.closure({*needed, *more})
    left = (one for info, one in infos.items() if info not in needed and _is_plain(scene, one))
    return {path: one.info for one in left for path in _places(scene, one)}


def _ran(scene: Scene, touches: tuple[Touch, ...]) -> Iterator[str]:
    """Of which something else than its metadata was opened, run or mapped."""
    holders = scene.ask(HOLDERS)
    for touch in touches:
        if not _RAN.isdisjoint(touch.uses) and not _ABOUT.search(touch.path):
            found = holders.get(touch.path) or holders.get(_BYTECODE.sub(r"\1.py", touch.path))
            if found:
                yield found


def _named(scene: Scene, infos: Mapping[str, Distribution]) -> Iterator[str]:
    """Whose modules or programs the application's sources, settings or commands name."""
    words = {word for command in scene.ask(COMMANDS) for text in command.words for word in re.findall(r"\w+", text)}
    words |= {name.rpartition("/")[2] for command in scene.ask(COMMANDS) for name in command.programs}
    words |= {word.decode() for word in _own_words(scene)}
    for info, one in infos.items():
        scripts = {name for group in ("console_scripts", "gui_scripts") for name in one.entry_points.get(group, {})}
        if not words.isdisjoint({name.partition(".")[0] for name in one.modules}) or not words.isdisjoint(scripts):
            yield info


def _own_words(scene: Scene) -> Iterator[bytes]:
    """Every word of the application's Python, and of its settings those that a dot follows: names of modules."""
    holders, bodies = scene.ask(HOLDERS), scene.ask(BODIES)
    for entry in scene.listing.entries:
        own = entry.kind is Kind.FILE and entry.path not in holders and entry.size <= _LARGEST
        if own and entry.path.endswith((".py", *_CONFIGURED)) and _is_own(scene, entry.path):
            pattern = _WORDS if entry.path.endswith(".py") else _DOTTED
            yield from pattern.findall(bodies.read(entry.path) or b"")


def _is_own(scene: Scene, path: str) -> bool:
    return scene.ownership.of(path).kind not in _INSTALLED and not path.startswith(("usr/", "etc/", "var/"))


def _asked(scene: Scene, needed: frozenset[str]) -> Iterator[str]:
    """What needed ones take for extras that the application asks for."""
    infos, graph, asked = scene.ask(INFOS), scene.ask(REQUIREMENTS), scene.ask(ASKED_EXTRAS)
    for info in needed:
        for need in graph.optional.get(info, ()):
            if (infos[info].name, need.extra) in asked:
                yield need.on


def _is_plain(scene: Scene, one: Distribution) -> bool:
    """Whether it is one that pip installed, with modules: neither part of the system's Python nor a bare plug-in."""
    return bool(one.files and one.modules) and scene.ownership.of(one.files[0]).kind is OwnerKind.DISTRIBUTION


def _places(scene: Scene, one: Distribution) -> Iterator[str]:
    """Its files, the directories that are its own, its metadata."""
    yield one.info
    top = f"{one.site}/" if one.site else ""
    for path in one.files:
        yield path
        yield from (above for above in parents(path) if above.startswith(top) and above not in scene.ask(HOLDERS))


OPTIONAL: Fact[Mapping[str, str]] = Fact("optional distributions", _optional)
"""Each path of such a distribution, its directories too, with the dist-info; empty where no run was watched."""
