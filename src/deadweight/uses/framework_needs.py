"""Parts of frameworks that need more than the framework asks for: forms, templates, sessions, addresses of mail.

What a framework is asked for with extras may be brought by them, and is then no more than optional.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.called_names import CalledNames, called_names
from deadweight.facts.extra_requests import is_asked_with_extras
from deadweight.facts.known_frameworks import ALGORITHMS, PARTS, SCHEMES

_NAME = "needs of frameworks"
_OTHERS = ("jwt", "passlib", "flask", ".form(")
_TOLD = re.compile(r"\b(?:" + "|".join(sorted(PARTS)) + r")\b")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.python:
        source = project.source(path)
        if _TOLD.search(source.text) or any(word in source.text for word in _OTHERS):
            named = called_names(source)
            yield from _parts(project, source, named)
            yield from _by_argument(source, named)
            yield from _late(project, source, named)


def _parts(project: Project, source: Source, named: CalledNames) -> Iterator[Usage]:
    for name, line in named.names.items():
        part = PARTS.get(name.rpartition(".")[2])
        if part and name.partition(".")[0] in part.of:
            strength = part.strength
            if strength is Strength.NEEDED and is_asked_with_extras(project, part.of):
                strength = Strength.OPTIONAL
            for needed in part.needs:
                yield _usage(source, line, needed, f"is what {name} needs", strength)


def _by_argument(source: Source, named: CalledNames) -> Iterator[Usage]:
    """Algorithms of tokens and schemes of passwords."""
    for call in named.calls:
        if call.name.startswith("jwt.") and _words(call.node) & ALGORITHMS:
            yield _usage(source, call.node.lineno, "cryptography", f"is what {call.name} signs with", Strength.OPTIONAL)
        if call.last == "CryptContext" and "passlib" in named.roots:
            for scheme in sorted(_words(call.node) & set(SCHEMES)):
                yield _usage(source, call.node.lineno, SCHEMES[scheme], f"is what passlib takes for {scheme}")


def _words(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _late(project: Project, source: Source, named: CalledNames) -> Iterator[Usage]:
    """Asynchronous views of Flask, and forms that are read from a request."""
    if source.tree and "flask" in named.roots and "async def" in source.text:
        strength = Strength.OPTIONAL if is_asked_with_extras(project, ("flask",)) else Strength.NEEDED
        for node in ast.walk(source.tree):
            if isinstance(node, ast.AsyncFunctionDef) and any(_is_route(one) for one in node.decorator_list):
                yield _usage(source, node.lineno, "asgiref", "is what an asynchronous view of Flask needs", strength)
    if named.roots & {"fastapi", "starlette"}:
        for call in named.calls:
            if call.name.endswith("request.form") or call.name == ".form":
                says = "is what reading the form of a request needs"
                yield _usage(source, call.node.lineno, "python-multipart", says, Strength.OPTIONAL)


def _is_route(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    return isinstance(target, ast.Attribute) and target.attr in ("route", "get", "post", "put", "delete", "patch")


def _usage(source: Source, line: int, needed: str, says: str, strength: Strength = Strength.NEEDED) -> Usage:
    return Usage(says, Place(source.path, line), _NAME, source.role, strength, distribution=needed)


EVIDENCE: Evidence = Evidence(_NAME, "what parts of frameworks need beside them", _find)
