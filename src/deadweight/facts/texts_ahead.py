"""Sources read ahead of who asks what they say, in the order in which imports lead to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain

from deadweight.core.scene import Scene
from deadweight.facts.apart import ahead
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.endings import ENDINGS
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH, ModulePath
from deadweight.facts.python_text import PythonText, read
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.sources import SOURCES, application
from deadweight.facts.tools import TOOL_FILES

_WORTH_A_PROCESS = 2000


def begin_texts(scene: Scene) -> None:
    """Have a process of its own read the sources that are likely asked for, where there are many."""
    texts = scene.ask(PYTHON_TEXTS)
    if texts.ahead is None and len(scene.ask(ENDINGS).get(".py", ())) >= _WORTH_A_PROCESS:
        scene.ask(BODIES).lay_likely()
        scene.ask(MODULE_PATH)  # these are worked out once, for both processes
        scene.ask(TOOL_FILES)
        scene.ask(SOURCES)
        texts.ahead = ahead(lambda: ((path, text.record()) for path, text in _likely(scene)))


def _likely(scene: Scene) -> Iterator[tuple[str, PythonText]]:
    """What imports lead to from the application, then all else of the distributions that they lead to.

    Packages import late what they list by name, and then most of what they have.
    """
    bodies, places = scene.ask(BODIES), scene.ask(MODULE_PATH)
    waiting = deque(sorted(source.path for source in application(scene.ask(SOURCES).values())))
    seen = {*waiting, *scene.ask(TOOL_FILES)}
    for path in chain(_taken(waiting), _beside(scene, seen)):
        body = bodies.laid(path)
        if body is not None:
            text = read(body)
            yield path, text
            found = sorted({one for one in _imported(places, path, text) if one.endswith(".py")} - seen)
            seen.update(found)
            waiting.extend(found)


def _taken(waiting: deque[str]) -> Iterator[str]:
    while waiting:
        yield waiting.popleft()


def _beside(scene: Scene, seen: set[str]) -> Iterator[str]:
    """The sources of the distributions of which some were seen, which were not."""
    holders, infos = scene.ask(HOLDERS), scene.ask(INFOS)
    for info in sorted({holders[path] for path in seen if path in holders}):
        yield from (path for path in infos[info].files if path.endswith(".py") and path not in seen)


def _imported(places: ModulePath, path: str, text: PythonText) -> Iterator[str]:
    package = places.package_of(path)
    for statement in text.statements:
        base = statement.base(package)
        if base:
            yield from places.resolve(base).paths
            for name in statement.names:
                yield from places.resolve(f"{base}.{name}").paths
