"""The uses of commands that stand in a file, told with where they stand and what it is for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deadweight.core.requirement import Place, Role
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_uses import Used, uses_of
from deadweight.facts.role_words import role_of_tool
from deadweight.facts.simple_commands import Invocation, commands_of, simple_commands

_INSTALLING = frozenset({("pip", "install"), ("pip3", "install"), ("uv", "tool"), ("pipx", "install"), ("uv", "pip")})
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_RANK = (Strength.HINT, Strength.OPTIONAL, Strength.NEEDED)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What runs commands: the kind of evidence, the file, `says` a sentence's end, the role and at most how much.

    `apart` are the normalised names that the file installs by name, so that a project need not ask for them.
    """

    evidence: str
    path: str
    says: str
    role: Role = Role.CORE
    strength: Strength = Strength.NEEDED
    apart: frozenset[str] = frozenset()
    key: str = ""


def text_usages(text: str, line: int, occasion: Occasion) -> Iterator[Usage]:
    """What the commands of a shell's text use; the text begins in the line."""
    return invocation_usages(simple_commands(text, line), occasion)


def word_usages(words: Sequence[str], line: int, occasion: Occasion) -> Iterator[Usage]:
    """What a command uses whose words are told one by one, and what it hands to a shell."""
    return invocation_usages(commands_of(tuple(words), line), occasion)


def invocation_usages(commands: Iterable[Invocation], occasion: Occasion) -> Iterator[Usage]:
    """What each of the commands uses."""
    for command in commands:
        for used in uses_of(command.words):
            yield _usage(used, command.line, occasion)


def _usage(used: Used, line: int, occasion: Occasion) -> Usage:
    subject = used.name.partition(".")[0] if used.kind == "module" else used.name
    place = Place(occasion.path, line, occasion.key)
    apart = normalised(subject) in occasion.apart
    strength = Strength.HINT if apart else min(used.strength, occasion.strength, key=_RANK.index)
    says = f"{occasion.says} ({used.says})" if used.says else occasion.says
    role = role_of_tool(normalised(subject)) or occasion.role
    spelled = {used.kind: normalised(used.name) if used.kind == "distribution" else used.name}
    return Usage(says, place, occasion.evidence, role, strength, **spelled)


def normalised(name: str) -> str:
    """The name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_apart(commands: Iterable[Invocation]) -> frozenset[str]:
    """What is installed by name (`pip install gunicorn`), normalised: nothing has to ask for it."""
    return frozenset(normalised(name) for command in commands for name in _installed(command.words))


def _installed(words: Sequence[str]) -> Iterator[str]:
    plain = [posixpath.basename(word) for word in words]
    for place in range(len(plain) - 1):
        if (plain[place], plain[place + 1]) in _INSTALLING:
            for word in words[place + 2 :]:
                found = _NAME.match(word)
                if found and "/" not in word and not word.endswith((".txt", ".toml", ".whl")):
                    yield found[0]
            return
