"""How an image made from scratch starts, and what of this host that names."""

from __future__ import annotations

import os
import platform
import posixpath
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.artifact import Image
from deadweight.core.errors import UsageError
from deadweight.formats.images.documents import run_config
from deadweight.formats.images.writer import ARCHITECTURES
from deadweight.pipeline.exercise import Exercise
from deadweight.sandbox.bubblewrap import PATH
from deadweight.sandbox.command_line import words_of
from deadweight.sandbox.interpreter import environments_of
from deadweight.sandbox.stand import Stand

_SCRIPT = b"#!"
_NAME = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[\w./+-]+")


@dataclass(frozen=True, slots=True)
class Started:
    """How the program starts: its words, the directories of PATH, where it runs, what else is in its environment."""

    words: tuple[str, ...]
    path: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]


def started_by(exercise: Exercise, root: str) -> Started:
    """What --run says of the tree at the absolute path `root`, else the Python of its environment.

    Raises UsageError where neither is there.
    """
    stand = Stand(Path(root), root)
    bins = environments_of(stand)
    if not exercise.run and not bins:
        raise UsageError("nothing says what the image starts", where=root, advice="Give it: --run 'COMMAND'")
    words = words_of(exercise.run, stand) if exercise.run else (f"{bins[0]}/python",)
    directory = stand.seen(exercise.directory)
    if "/" in words[0]:
        words = (posixpath.normpath(posixpath.join(directory, words[0])), *words[1:])
    outside = posixpath.dirname(_program(words[0], bins, root))
    path = dict.fromkeys((*bins, *((outside,) if outside else ()), *PATH.split(":")))
    return Started(words, tuple(path), directory, exercise.environment)


def _program(word: str, bins: Iterable[str], root: str) -> str:
    """The absolute path of a program of this host, empty for one that lies in the tree or is not there."""
    if "/" not in word and any(Path(place, word).exists() for place in bins):
        return ""
    found = shutil.which(word) or ""
    return "" if found.startswith(root.rstrip("/") + "/") else found


def programs_of(started: Started) -> Iterator[str]:
    """The absolute path of the program, of what its script starts with, and of what a shell line names."""
    words = started.words
    path = ":".join((*started.path, os.environ.get("PATH", "")))
    program = shutil.which(words[0], path=path) or words[0]
    yield program
    yield from _interpreters(program)
    named = _WORD.findall(words[-1]) if words[1:2] == ("-c",) else ()
    yield from filter(None, (shutil.which(word, path=path) for word in named))


def _interpreters(program: str) -> Iterator[str]:
    """The program in the first line of a script, and what `env` finds for it."""
    try:
        with Path(program).open("rb") as script:
            line = script.readline(4096)
    except OSError:
        return
    words = line.removeprefix(_SCRIPT).decode("utf-8", "replace").split() if line.startswith(_SCRIPT) else []
    yield from words[:1]
    if words and posixpath.basename(words[0]) == "env":
        found = (shutil.which(word) for word in words[1:] if not word.startswith("-"))
        yield from (path for path in found if path)


def image_started(started: Started, root: str) -> Image:
    """What the image says of itself: the words, PATH and LANG, where it runs; named after the tree."""
    machine = platform.machine()
    environment = {"PATH": ":".join(started.path), "LANG": "C.UTF-8", **started.environment}
    lines = tuple(f"{name}={value}" for name, value in environment.items())
    architecture = ARCHITECTURES.get(machine, machine)
    config = run_config(lines, started.words, started.directory)
    return Image(
        architecture=architecture,
        os="linux",
        config={"architecture": architecture, "os": "linux", "config": config},
        manifest={},
        references=(f"{_NAME.sub('-', Path(root).name.lower()).strip('-._') or 'app'}:latest",),
        environment=lines,
        entrypoint=started.words,
        working_directory=started.directory,
    )
