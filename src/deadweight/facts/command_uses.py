"""What the words of a command use: programs, the modules that Python runs, classes and plug-ins that options name."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deadweight.core.usage import Strength
from deadweight.facts.known_programs import (
    BRINGERS,
    ENVIRONMENT_RUNNERS,
    FETCHERS,
    LOADED,
    MODULE_RUNNERS,
    OPTIONAL_FLAGS,
    ORDINARY,
    RUNNERS,
    SERVERS,
    SPELLINGS,
    VALUES,
)
from deadweight.facts.known_pytest import option_asks
from deadweight.facts.tree_parts import tree_of

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_PYTHON = re.compile(r"(?:pythonw?|pypy)[\d.]*(?:\.exe)?|py|[${(]*\w*(?:python|PYTHON|envpython|interpreter)\w*[})]*")
_VALUED = frozenset({"-W", "-X"})
_PROGRAM = re.compile(r"[A-Za-z_][\w.+-]*")
_OBJECT = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_][\w.]*(?:\(.*\))?")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_NO_MODULES = ("py", "sh", "toml", "ini", "cfg", "yml", "yaml", "json", "txt", "conf", "log", "sock", "md", "html")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Used:
    """What a command uses: a `kind` (command, module, distribution), its `name`, how much, and what of it says so."""

    kind: str
    name: str
    strength: Strength = Strength.NEEDED
    says: str = ""


def uses_of(words: Sequence[str], depth: int = 0) -> Iterator[Used]:
    """What the simple command uses, from the outermost program to the one that it runs in the end."""
    plain = [word for place, word in enumerate(words) if not _is_assignment(words, place)]
    if not plain or depth > _DEEPEST:
        return
    program, rest = posixpath.basename(plain[0]), plain[1:]
    if _PYTHON.fullmatch(program):
        yield from _python(rest, depth)
    elif _PROGRAM.fullmatch(program) and program not in ORDINARY and not program.endswith((".py", ".sh")):
        outside = program in BRINGERS
        yield Used("command", program, Strength.HINT if outside else Strength.NEEDED)
        yield from program_uses(program, rest)
    yield from _behind(program, rest, depth)


def _is_assignment(words: Sequence[str], place: int) -> bool:
    """Whether the word is a value for the environment, which stands before the program or behind `env`."""
    return bool(_ASSIGNMENT.match(words[place])) and all(
        _ASSIGNMENT.match(word) or posixpath.basename(word) == "env" or word.startswith("-") for word in words[:place]
    )


def _python(rest: Sequence[str], depth: int) -> Iterator[Used]:
    """The module behind -m with what its own words use, and what code behind -c imports."""
    for place, word in enumerate(rest):
        value = rest[place + 1] if place + 1 < len(rest) else ""
        if word.startswith("-m") and not word.startswith("--"):
            module = word[2:] or value
            after = rest[place + (1 if word[2:] else 2) :]
            yield from _run_module(module, after, depth)
            return
        if word == "-c":
            yield from (Used("module", name) for name in _imported(value))
            return
        if not word.startswith("-") and (place == 0 or rest[place - 1] not in _VALUED):
            return


def _run_module(module: str, after: Sequence[str], depth: int) -> Iterator[Used]:
    if not _MODULE.fullmatch(module):
        return
    top = module.partition(".")[0]
    yield Used("module", module, Strength.HINT if top in BRINGERS else Strength.NEEDED, f"-m {module}")
    yield from program_uses(top, after)
    yield from _behind(top, after, depth)


def _imported(code: str) -> Iterator[str]:
    tree = tree_of(code)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _behind(program: str, rest: Sequence[str], depth: int) -> Iterator[Used]:
    """What the program runs in turn."""
    if program in FETCHERS and tuple(rest[: len(FETCHERS[program])]) == FETCHERS[program]:
        for used in uses_of(_without_options(rest[len(FETCHERS[program]) :], 0), depth + 1):
            yield Used(used.kind, used.name, Strength.HINT, used.says)
    elif program in ENVIRONMENT_RUNNERS and rest and rest[0] in ENVIRONMENT_RUNNERS[program]:
        yield from uses_of(_without_options(rest[1:], 0), depth + 1)
    elif program in MODULE_RUNNERS and "-m" in rest:
        yield from uses_of(["python", *rest[list(rest).index("-m") :]], depth + 1)
    elif program in RUNNERS:
        yield from uses_of(_without_options(rest, RUNNERS[program]), depth + 1)


def _without_options(words: Sequence[str], own: int) -> Sequence[str]:
    """The words from the first that is a program: options, their numbers and `own` words are passed over."""
    for place, word in enumerate(words):
        if word.startswith("-m") and place + 1 < len(words) and not word.startswith("--"):
            return ["python", *words[place:]]
        if word.startswith("-") or word[:1].isdigit() or (place and words[place - 1] in ("--with", "-n", "-u", "-f")):
            continue
        if own:
            own -= 1
            continue
        return words[place:]
    return ()


def program_uses(program: str, words: Sequence[str]) -> Iterator[Used]:
    """What options and words of the program ask for beside it."""
    if program in ("pytest", "py.test"):
        yield from (Used(kind, name, says=f"pytest {says}") for kind, name, says in option_asks(words))
    yield from _valued(program, words)
    for word in words:
        wanted = OPTIONAL_FLAGS.get((program, word), ())
        yield from (Used("distribution", name, Strength.OPTIONAL, f"{program} {word}") for name in wanted)
    if program in SERVERS:
        yield from _loaded(program, words)


def _valued(program: str, words: Sequence[str]) -> Iterator[Used]:
    first = next((word for word in words if not word.startswith("-")), "")
    for option, value in (("", first), *_pairs(words)):
        known = VALUES.get((program, SPELLINGS.get(option, option)), {})
        if value in known:
            yield Used("distribution", known[value], says=" ".join(filter(None, (program, option, value))))
        elif option in LOADED and program in SERVERS and _DOTTED.fullmatch(value):
            yield Used("module", value, says=f"{program} {option} {value}")


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options with their values: `--name value`, `--name=value`."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word.startswith("-"):
            yield name, value if equals else "".join(words[place + 1 : place + 2])


def _loaded(program: str, words: Sequence[str]) -> Iterator[Used]:
    """What a server is told to load: `module:object` for sure, a dotted name perhaps."""
    for word in words:
        word = word.rpartition("=")[2] if word.startswith("-") else word
        found = _OBJECT.fullmatch(word)
        if found:
            yield Used("module", found[1], says=f"{program} {word}")
        elif _DOTTED.fullmatch(word) and word.rpartition(".")[2] not in _NO_MODULES:
            yield Used("module", word, Strength.HINT, f"{program} {word}")
