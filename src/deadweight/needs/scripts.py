"""What scripts need: the interpreter that their first line names, and the commands and files that shell scripts name.

A shell script is not run to know what it does: each of its words that is a program on the search path or a file of the
artifact counts (`. lib.sh`, `exec gunicorn`, `[ -x /usr/bin/nice ]`), be it behind a condition or, in scripts of the
application, in a message. What the kernel is not allowed to execute needs no interpreter by its first line: data of an
installed distribution that is no program, and what completes a command line, for a shell that is there already.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from deadweight.core.closure import Step
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.seen_paths import program_at, seen_at
from deadweight.facts.shell_words import Shebang, module_words, shebang_of, shell_words, without_messages
from deadweight.facts.system_texts import SYSTEM_TEXTS

_INSTALLED = frozenset({OwnerKind.DISTRIBUTION, OwnerKind.INTERPRETER, OwnerKind.OS_PACKAGE, OwnerKind.CONDA})
_PROGRAM_PLACES = frozenset(("bin", "sbin", "libexec", "scripts"))
_FOR_BUILDING = re.compile(r"(?:^|/)[^/]+-config$")
"""What tells a compiler how to build with a library."""
_BUILT_IN = frozenset(("[", "test", "echo", "printf", "true", "false", "pwd", "kill"))
"""What each of these shells does itself, though a program of the name lies there for those that can't."""
_SHELLS = frozenset(("dash", "bash", "busybox", "zsh"))
_OTHERS = """
    env xargs exec find nohup sudo su timeout parallel chroot nice setsid time watch ssh"""
_RUN_OTHERS = frozenset(_OTHERS.split())
"""What is handed a program to run: it is one of the file system then."""
_RUNS_A_LINE = re.compile("-[a-z]*c[a-z]*")


def _seeds(scene: Scene) -> Iterator[Step]:
    """What a line that a way in hands to a shell names."""
    for entrance in scene.ask(ENTRANCES):
        words = entrance.words
        if words and Shebang(words[0]).is_shell:
            for flag, line in pairwise(words):
                if _RUNS_A_LINE.fullmatch(flag):
                    yield from _words(scene, line, f"is a word of {entrance.says}", "")
                    yield from _modules(scene, line, f"is a module that {entrance.says} names", "")


def _command(scene: Scene, word: str, says: str) -> Iterator[Step]:
    if "/" in word:
        yield from (Step(path, says) for path in seen_at(scene, word))
        return
    path = program_at(scene, word)
    if path is not None:
        yield Step(path, says)


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    body = scene.ask(SYSTEM_TEXTS).get(path)
    if body is None or _is_module(scene, path):
        return
    shebang = shebang_of(body)
    if shebang is not None and _may_run(scene, path):
        yield from _command(scene, shebang.interpreter, "runs the script, by its first line")
        if shebang.program:
            yield from _command(scene, shebang.program, "runs the script, by its first line")
    if _FOR_BUILDING.search(path):
        return
    if shebang.is_shell if shebang else path.endswith(".sh"):
        text = body.decode("utf-8", "replace")
        said = without_messages(text) if _is_installed(scene, path) else text
        own = _done_within(scene, shebang.interpreter if shebang else "", said)
        steps = _words(scene, said, "is a word of the shell script", path)
        yield from (step for step in steps if posixpath.basename(step.path) not in own)
        yield from _modules(scene, text, "is a module that the shell script names", path)


def _done_within(scene: Scene, interpreter: str, text: str) -> frozenset[str]:
    """The words of the script that its shell needs no program for; none where something else may run them."""
    shells = {posixpath.basename(scene.listing.resolve(one) or one) for one in seen_at(scene, interpreter)}
    words = frozenset(shell_words(text))
    paths = {posixpath.basename(word) for word in words if "/" in word}
    return _BUILT_IN - paths if shells and shells <= _SHELLS and not words & _RUN_OTHERS else frozenset()


def _words(scene: Scene, text: str, says: str, script: str) -> Iterator[Step]:
    for word in shell_words(text):
        if "/" not in word:
            yield from _command(scene, word, f"{says}: {word}")
        elif word.startswith("/"):
            yield from (Step(path, f"{says}: {word}") for path in seen_at(scene, word))
        if not word.startswith("/"):
            yield from (Step(path, f"{says}: {word}") for path in _beside(scene, script, word))


def _modules(scene: Scene, text: str, says: str, script: str) -> Iterator[Step]:
    """The modules that a shell script hands to Python, `-m` and `name:object`, with the `__main__` of a package."""
    modules = scene.ask(MODULE_PATH)
    for name in module_words(text):
        for one in (name, f"{name}.__main__"):
            found = modules.resolve(one, posixpath.dirname(script))
            yield from (Step(path, f"{says}: {name}") for path in found.paths)


def _beside(scene: Scene, script: str, word: str) -> Iterator[str]:
    """The file that a relative word names from the directory of the script, or from where a way in is run."""
    for place in (posixpath.dirname(script), *(one.inside(".") for one in scene.ask(ENTRANCES))):
        path = posixpath.normpath(posixpath.join(place, word)) if place is not None else ""
        if path in scene.listing and path not in scene.listing.directories:
            yield path


def _is_module(scene: Scene, path: str) -> bool:
    """Whether it is a module that is imported, for all that its first line says: many are executable by accident."""
    if not path.endswith(".py") or posixpath.basename(posixpath.dirname(path)) in _PROGRAM_PLACES:
        return False
    return _is_installed(scene, path)


def _is_installed(scene: Scene, path: str) -> bool:
    return scene.ownership.of(path).kind in _INSTALLED


def _may_run(scene: Scene, path: str) -> bool:
    """Whether the kernel may execute it: of what pip installed its mode tells, of others nobody knows who set it.

    Completions of a command line are read by the shell in which somebody types, whatever their first line and mode say.
    """
    if scene.ownership.of(path).kind is not OwnerKind.DISTRIBUTION:
        return True
    return "completion" not in posixpath.basename(path) and bool(scene.listing.by_path[path].mode & 0o111)


NEED: Need = Need("scripts", "interpreters and commands that scripts name", _seeds, _follow)
