"""What the words of commands come to in the artifact: programs, scripts and modules."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_BREAKS = frozenset({";", "&&", "||", "|", "&", "(", ")", "\n"})
_RUNNERS = """
    env exec tini dumb-init gosu su-exec sudo nice ionice timeout nohup stdbuf setsid chrt xargs time command run
    uv poetry pipenv pdm hatch rye conda mamba micromamba catatonit unbuffer ddtrace-run opentelemetry-instrument
    newrelic-admin run-program coverage"""
_WRAPPERS = frozenset(_RUNNERS.split())
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of an entrance: `places` are the positions of words that can be a program."""

    entrance: Entrance
    words: tuple[str, ...]
    programs: tuple[str, ...]


def _commands(scene: Scene) -> tuple[Command, ...]:
    return tuple(command for entrance in scene.ask(ENTRANCES) for command in commands(entrance))


def commands(entrance: Entrance) -> Iterator[Command]:
    """The simple commands of the entrance, those in `sh -c "…"` too; assignments before them are their environment."""
    for words in _simple(entrance.words):
        named = [word for word in words if not _ASSIGNMENT.match(word)]
        told = dict(word.split("=", 1) for word in words if _ASSIGNMENT.match(word))
        here = replace(entrance, environment={**entrance.environment, **told}) if told else entrance
        programs = tuple(_programs(named))
        yield Command(here, tuple(named), programs)
        inner = _shell_line(named)
        if inner:
            yield from commands(replace(here, words=tuple(_split(inner))))


def _simple(words: tuple[str, ...]) -> Iterator[list[str]]:
    current: list[str] = []
    for word in words:
        if word in _BREAKS:
            if current:
                yield current
            current = []
        else:
            current.append(word)
    if current:
        yield current


def _programs(words: list[str]) -> Iterator[str]:
    """The first word, and behind one that runs others each word that is no option."""
    for word in words:
        if word.startswith("-"):
            continue
        yield word
        if posixpath.basename(word) not in _WRAPPERS and not _is_number(word):
            return


def _is_number(word: str) -> bool:
    return word[:1].isdigit()


def _shell_line(words: list[str]) -> str:
    """What a shell is given to run with -c, whatever options are joined to it (`bash -lc`)."""
    shells = [place for place, word in enumerate(words) if posixpath.basename(word) in _SHELLS]
    if not shells:
        return ""
    rest = words[shells[0] + 1 :]
    for place, word in enumerate(rest[:-1]):
        if re.fullmatch(r"-[a-z]*c[a-z]*", word):
            return rest[place + 1]
    return ""


def _split(line: str) -> list[str]:
    lexer = shlex.shlex(line.replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return line.split()


COMMANDS: Fact[tuple[Command, ...]] = Fact("commands", _commands)
"""The simple commands of all ways in."""
