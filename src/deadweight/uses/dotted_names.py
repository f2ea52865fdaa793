"""Names of modules in settings: Django's apps and middleware, classes of logging, back ends, workers, `egg:` of paste.

In sources, a dotted string under a key that names a class, or in a list of apps, is needed; any other dotted string of
settings is a hint, where the project asks for what it names or has it installed. Sources: docs.djangoproject.com/en/
stable/ref/settings; docs.python.org/3/library/logging.config.html; docs.pylonsproject.org/projects/pastedeploy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.known_strings import (
    CLASS_KEYS,
    PLAIN_KEYS,
    PLAIN_LISTS,
    PYDJANGO,
    PYPROJECT_TABLES,
    PYTHON_SETTINGS,
    PYTHON_TELLING,
    PYTHON_TELLING_TOO,
    STRINGS,
)
from deadweight.facts.settings import settings

_NAME = "names in settings"
_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?::[A-Za-z_][\w.]*)?")
_PLAIN = re.compile(r"[A-Za-z_]\w*")
_EGG = re.compile(r"egg:([A-Za-z0-9][\w.-]*)")
_FILES = ("*.ini", "*.cfg", "*.toml", "*.yml", "*.yaml", "*.json", ".env", "*.env", ".env.*")
_ELSEWHERE = re.compile(
    r"(?:.*/)?(?:\.github/.*|\.circleci/.*|\.gitlab-ci\.yml|(?:docker-)?compose[^/]*|package(?:-lock)?\.json|tox\.ini"
    r"|pylock[^/]*\.toml|setup\.cfg|mkdocs\.ya?ml|\.pre-commit-config\.yaml|environment\.ya?ml|azure-pipelines[^/]*)"
)
_ENDINGS = "py sh txt md yml yaml json toml ini cfg log html css js csv com org net io dev local"
_FILE_ENDINGS = frozenset(_ENDINGS.split())


def _find(project: Project) -> Iterator[Usage]:
    known = _known(project)
    for path in project.python:
        source = project.source(path)
        if _holds_settings(source):
            yield from _of_source(source, known)
    for path in project.matching(*_FILES):
        if not _ELSEWHERE.fullmatch(path) and project.role_of(path).runs:
            yield from _of_file(project, path, known)


def _known(project: Project) -> frozenset[str]:
    """The top names of modules that are asked for or installed, as far as names tell."""
    installed = project.environment.by_module if project.environment else {}
    tops = {module.partition(".")[0] for module in installed}
    return frozenset(tops | {name.replace("-", "_") for name in project.declared})


def _holds_settings(source: Source) -> bool:
    parts = source.path.removesuffix(".py").split("/")
    told = any(part.endswith(PYTHON_SETTINGS) for part in parts[-2:])
    return told or any(word in source.text for word in (*PYTHON_TELLING, *PYTHON_TELLING_TOO))


def _of_source(source: Source, known: frozenset[str]) -> Iterator[Usage]:
    for key, value, line in _strings(source.tree) if source.tree else ():
        yield from _usages(key, value, Place(source.path, line, key), source.role, known)


def _strings(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Each string with the nearest name that it is assigned to, or key that it stands under, and its line."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, key = waiting.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield key, node.value, node.lineno
        elif isinstance(node, ast.Dict):
            waiting.extend((value, _key(at) or key) for at, value in zip(node.keys, node.values, strict=True))
        else:
            waiting.extend((child, _assigned(node) or key) for child in ast.iter_child_nodes(node))


def _key(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _assigned(node: ast.AST) -> str:
    if isinstance(node, ast.Assign):
        target: ast.AST = node.targets[0]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.keyword):
        return node.arg or ""
    else:
        return ""
    return target.id if isinstance(target, ast.Name) else _key(getattr(target, "slice", None))


def _of_file(project: Project, path: str, known: frozenset[str]) -> Iterator[Usage]:
    for one in settings(project, path, _NAME):
        if path.endswith("pyproject.toml") and one.keys[0] in PYPROJECT_TABLES:
            continue
        role = project.role_of(path)
        for word in re.split(r"[\s,]+", one.value) if len(one.value) < 2000 else ():
            yield from _usages(one.key, word, Place(path, one.line, one.spot), role, known)


def _usages(key: str, value: str, place: Place, role: Role, known: frozenset[str]) -> Iterator[Usage]:
    names = STRINGS.get(value, ())
    strength = Strength.NEEDED if len(names) == 1 and role.runs else Strength.HINT
    for name in names:
        yield Usage(f'is what "{value}" works with', place, _NAME, role, strength, distribution=name)
    module, sure = _module(key, value, known)
    if module:
        strength = Strength.NEEDED if sure and role.runs else Strength.HINT
        yield Usage("is named in settings", place, _NAME, role, strength, module=module)
    for egg in _EGG.finditer(value):
        yield Usage("is what paste loads", place, _NAME, role, distribution=re.sub(r"[-_.]+", "-", egg[1]).lower())


def _module(key: str, value: str, known: frozenset[str]) -> tuple[str, bool]:
    """The module that the string names, and whether its key says so; empty where it is none that could be meant."""
    found = _DOTTED.fullmatch(value)
    if found:
        top = found[1].partition(".")[0]
        sure = key in CLASS_KEYS or key in PLAIN_KEYS or key in PYDJANGO
        known_ending = found[1].rpartition(".")[2] in _FILE_ENDINGS
        return (found[1], sure and top in known) if top in known and not known_ending else ("", False)
    if _PLAIN.fullmatch(value) and (key in PLAIN_KEYS or (key in PLAIN_LISTS and value in known)):
        return value, key in PLAIN_KEYS
    return "", False


EVIDENCE: Evidence = Evidence(_NAME, "modules that settings name: apps, middleware, handlers, back ends", _find)
