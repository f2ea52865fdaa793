"""Commands of tox environments and nox sessions: each is for what its name says, tests where it says nothing.

Sources: tox.wiki/en/latest/config.html (commands, commands_pre, legacy_tox_ini); nox.thea.codes/en/stable/config.html
(session.run).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages, word_usages
from deadweight.facts.role_words import role_in
from deadweight.facts.settings import settings

_NAME = "commands of tox and nox"
_COMMANDS = frozenset({"commands", "commands_pre", "commands_post"})
_SECTION = re.compile(r"^\[testenv(?::([^\]]*))?\]$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_FACTOR = re.compile(r"^[\w!,{}.-]+:[ \t]+", re.MULTILINE)
_RUNS = frozenset({"run", "run_always", "run_install"})


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml"):
        yield from _tox(project, path)
    for path in project.matching("noxfile.py"):
        tree = project.source(path).tree
        for session in ast.walk(tree) if tree else ():
            if isinstance(session, ast.FunctionDef):
                yield from _nox(path, session)


def _tox(project: Project, path: str) -> Iterator[Usage]:
    for one in settings(project, path, _NAME):
        section = one.keys[0]
        if one.key in _COMMANDS and (section.startswith("testenv") or path.endswith(".toml")):
            name = section.partition(":")[2] or next((key for key in one.keys[1:-1] if role_in(key)), "")
            yield from _run(path, name, one.value, one.line + one.value.startswith("\n"))
        elif one.key == "legacy_tox_ini":
            for found in _SECTION.finditer(one.value):
                yield from _run(path, found[1] or "", found[2].partition("commands")[2].lstrip(" ="), one.line)


def _run(path: str, name: str, text: str, line: int) -> Iterator[Usage]:
    said = f"is run by the environment {name}" if name else "is run by the environments of tox"
    occasion = Occasion(_NAME, path, said, role_in(name) or Role.TEST, Strength.HINT)
    for number, command in enumerate(_FACTOR.sub("", text).strip("\n").split("\n")):
        yield from text_usages(command.strip().lstrip("-! ").replace("{posargs}", ""), line + number, occasion)


def _nox(path: str, session: ast.FunctionDef) -> Iterator[Usage]:
    role = role_in(session.name) or Role.TEST
    occasion = Occasion(_NAME, path, f"is run by the session {session.name}", role, Strength.HINT)
    for node in ast.walk(session):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _RUNS:
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if words:
                yield from word_usages(words, node.lineno, occasion)


EVIDENCE: Evidence = Evidence(_NAME, "what environments of tox and sessions of nox run, by name", _find)
