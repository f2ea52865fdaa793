"""Code that decodes by a name from outside needs every character set; other code those that it names.

What is not known to take none (facts/known_charsets.py) may take any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.extension_names import is_extension
from deadweight.facts.infos import INFOS
from deadweight.facts.known_charsets import PLAIN, is_rare, stated, takes_any
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.own_reached import is_own
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.run_files import source_of
from deadweight.facts.source_names import without_documents

_VARIABLES = ("LANG", "LC_ALL", "LC_CTYPE", "PYTHONIOENCODING")
_KNOWN = ("UTF-8", "UTF8", "POSIX", "C")
_HOOK = "/_distutils_hack/"
"""What setuptools runs at every start of Python: it reads nothing."""
_PACKED = (".pyc", ".pyz", ".pex", ".egg", ".zip")


def _seeds(scene: Scene) -> Iterator[Step]:
    """All of them, for a locale or standard streams of another character set."""
    for entrance in scene.ask(ENTRANCES):
        for variable in _VARIABLES:
            said = entrance.environment.get(variable, "")
            if said and not said.upper().partition(":")[0].endswith(_KNOWN):
                yield from _all(scene, f"{variable}={said} states the character set of texts")


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    info = scene.ask(HOLDERS).get(path, "")
    if scene.ask(ALL) or (not info and scene.ask(MODULE_PATH).is_installed(path)) or _HOOK in f"/{path}":
        return
    is_source = scene.ask(PYTHON_TEXTS).of(path) is not None
    if _is_unread(scene, path) if not is_source else info and not _is_plain(scene, info):
        yield from _all(scene, "may decode text by a name from outside")
    elif is_source and not info:
        body = scene.ask(BODIES).read(path) or b""
        if takes_any(without_documents(body)):
            yield from _all(scene, "decodes text by a name that it does not state")
        for name in stated(body):
            yield from (Step(one, f"is the character set {name}, named in it") for one in _module(scene, name))


def _is_unread(scene: Scene, path: str) -> bool:
    """Whether nobody sees what its code decodes: native, or bytecode and archives of the application."""
    info = scene.ask(HOLDERS).get(path, "")
    if is_extension(path):
        return not _is_plain(scene, info) if info else is_own(scene, path)
    source = source_of(path) if "/__pycache__/" in f"/{path}" else path.removesuffix("c")
    return path.endswith(_PACKED) and is_own(scene, path) and (path == source or source not in scene.listing)


def _is_plain(scene: Scene, info: str) -> bool:
    one = scene.ask(INFOS).get(info)
    if one is None:
        return False
    major = one.version.partition(".")[0]
    return one.name in PLAIN and major.isdigit() and int(major) >= PLAIN[one.name]


def _all(scene: Scene, says: str) -> Iterator[Step]:
    scene.ask(ALL).append(says)
    for path in scene.ask(MODULE_PATH).beginning("encodings."):
        if is_rare(path.rpartition("/")[2].removesuffix(".py")):
            yield Step(path, says)


def _module(scene: Scene, name: str) -> Iterable[str]:
    found = scene.ask(MODULE_PATH).resolve(f"encodings.{name}")
    return found.paths if found.whole else ()


ALL: Fact[list[str]] = Fact("all character sets", lambda _: [])
"""Why all of them are reached, once they are: no other reason is looked for then."""

NEED: Need = Need("charsets", "the character sets that reached code may decode", _seeds, _follow)
