"""What is run is needed: the program of each way in, its scripts, the modules and files that its words name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.closure import Step
from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.core.trace import Entrance
from deadweight.facts.commands import COMMANDS, Command
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH

_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?=$|:)")
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _seeds(scene: Scene) -> Iterator[Step]:
    for command in scene.ask(COMMANDS):
        for program in command.programs:
            yield from _program(scene, command.entrance, program)
        yield from _files(scene, command)
        yield from _modules(scene, command)
        yield from _environment(scene, command.entrance)


def _program(scene: Scene, entrance: Entrance, program: str) -> Iterator[Step]:
    """The file of the program: as it is spelled, or in the first directories of the search path that have it."""
    if "/" in program:
        return
    for directory in _search_path(scene, entrance):
        path = f"{directory}/{program}" if directory else program
        if path in scene.listing:
            yield Step(path, f"is the program {program} of {entrance.says}")


def _search_path(scene: Scene, entrance: Entrance) -> Iterator[str]:
    environment = entrance.environment
    listed = environment.get("PATH", _DEFAULT_PATH).split(":")
    if "VIRTUAL_ENV" in environment:
        listed.insert(0, f"{environment['VIRTUAL_ENV']}/bin")
    inside = [entrance.inside(place) for place in listed if place]
    installed = [f"{above}/bin" for site in _sites(scene) for above in parents(site)]
    yield from dict.fromkeys([*(place for place in inside if place is not None), *installed])


def _sites(scene: Scene) -> Iterable[str]:
    return dict.fromkeys(one.site for one in scene.ask(INFOS).values())


def _files(scene: Scene, command: Command) -> Iterator[Step]:
    """Every word that is a file of the artifact, the values of options too."""
    for word in command.words:
        for part in (word, *word.split("=")[1:]):
            yield from _file(scene, command.entrance, part, f"is named in {command.entrance.says}")


def _file(scene: Scene, entrance: Entrance, word: str, says: str) -> Iterator[Step]:
    path = entrance.inside(word) if word and not word.startswith("-") else None
    if not path:
        return
    if path in scene.listing or (scene.listing.resolve(path) or "") in scene.listing.directories:
        yield Step(path, says)
    main = f"{path}/__main__.py"
    if main in scene.listing:
        yield Step(main, says)


def _modules(scene: Scene, command: Command) -> Iterator[Step]:
    """Every word that is the dotted name of a module, with or without `:attribute`; scripts by their entry point."""
    points = _scripts(scene)
    for word in command.words:
        for part in (word, *word.split("=")[1:]):
            yield from module_steps(scene, part, f"is named in {command.entrance.says}")
    for program in command.programs:
        name = posixpath.basename(program)
        if name in points:
            yield from module_steps(scene, points[name], f"is the entry point of the script {name}")


def _scripts(scene: Scene) -> Mapping[str, str]:
    return {
        name: target
        for one in scene.ask(INFOS).values()
        for group in ("console_scripts", "gui_scripts")
        for name, target in one.entry_points.get(group, {}).items()
    }


def module_steps(scene: Scene, word: str, says: str) -> Iterator[Step]:
    """The files of the module that a word names, and of its `__main__` where it is a package."""
    match = _MODULE.match(word.strip())
    if match is None:
        return
    places = scene.ask(MODULE_PATH)
    found = places.resolve(match[0])
    if found.depth and match[0].count(".") + 1 - found.depth <= 2:
        yield from (Step(path, says) for path in found.paths)
    main = places.resolve(f"{match[0]}.__main__")
    if main.whole:
        yield from (Step(path, says) for path in main.paths)


def _environment(scene: Scene, entrance: Entrance) -> Iterator[Step]:
    """What the values of environment variables name: files, and modules by a dotted name."""
    for name, value in sorted(entrance.environment.items()):
        says = f"is named in the environment variable {name} of {entrance.says}"
        for part in re.split(r"[:,; ]", value):
            if part.startswith("/") and (entrance.inside(part) or "") in scene.listing:
                yield from _file(scene, entrance, part, says)
        for part in (value, *re.split(r"[,; ]", value)):
            if "." in part or ":" in part or name.endswith(("_APP", "_MODULE", "_SETTINGS")):
                yield from module_steps(scene, part, says)


def _follow(_: Scene, __: str) -> Iterable[Step]:
    return ()


NEED: Need = Need("entrances", "the programs, scripts and modules of the ways in", _seeds, _follow)
