"""Which installations of Python the ways in run: the directories that they are installed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.commands import COMMANDS, Command
from deadweight.facts.seen_paths import program_at, seen_at

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*t?$")
_HOME = re.compile(rb"^home\s*=\s*(.+?)\s*$", re.MULTILINE)
_SHEBANG = re.compile(rb"#!\s*(\S+)(?:\s+(\S+))?")


def _interpreters(scene: Scene) -> tuple[str, ...]:
    found = (prefix for command in scene.ask(COMMANDS) for prefix in _of(scene, command))
    return tuple(dict.fromkeys(found))


def _of(scene: Scene, command: Command) -> Iterator[str]:
    for program in command.programs:
        path = command.entrance.inside(program) if "/" in program else program_at(scene, program)
        if path:
            yield from _prefixes(scene, path)


def _prefixes(scene: Scene, path: str, *, depth: int = 0) -> Iterator[str]:
    """Where the Python at the path is installed, its environment first; that of a script by its first line."""
    real = scene.listing.resolve(path)
    if _PYTHON.fullmatch(basename(path)) or (real and _PYTHON.fullmatch(basename(real))):
        yield from _homes(scene, dirname(dirname(path)))
        if real:
            yield dirname(dirname(real))
    elif real is not None and depth < 2:
        for place in _named_first(scene, real):
            yield from _prefixes(scene, place, depth=depth + 1)


def _named_first(scene: Scene, script: str) -> Iterator[str]:
    """Where the programs are that the first line of a script names."""
    entry = scene.listing.by_path.get(script)
    body = scene.ask(BODIES).read(script) if entry and entry.head.startswith(b"#!") else None
    first = _SHEBANG.match(body or b"")
    for word in first.groups(b"") if first else ():
        name = word.decode("utf-8", "replace")
        if "/" in name:
            yield from seen_at(scene, name)
        elif name:
            yield program_at(scene, name) or name


def _homes(scene: Scene, prefix: str) -> Iterator[str]:
    """The directory itself, and for a virtual environment that of the Python that it was made with."""
    yield prefix
    settings = f"{prefix}/pyvenv.cfg"
    home = _HOME.search(scene.ask(BODIES).read(settings) or b"") if settings in scene.listing else None
    for place in seen_at(scene, home[1].decode("utf-8", "replace")) if home else ():
        yield dirname(place)


INTERPRETERS: Fact[tuple[str, ...]] = Fact("interpreters", _interpreters)
"""The prefixes (sys.prefix, sys.base_prefix) of the Pythons that commands and scripts name, first named first."""
