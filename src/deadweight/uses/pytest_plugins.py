"""Plug-ins of pytest: those that its options, settings, markers and fixtures are of.

Several plug-ins share some words (`snapshot` is syrupy's and pytest-snapshot's): each is a hint. Sources: docs.pytest.
org/en/stable/how-to/plugins.html and /reference/customize.html; the pages of the plug-ins.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.known_pytest import FIXTURES, MARKERS, SETTINGS, option_asks
from deadweight.facts.settings import Setting, settings

_NAME = "plug-ins of pytest"
_FILES = ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "pytest.toml")
_TABLES = (("pytest",), ("tool:pytest",), ("tool", "pytest", "ini_options"), ("tool", "pytest"))
_MARK = re.compile(r"\bmark\.(\w+)")
_PLUGINS = "pytest_plugins"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES):
        for one in settings(project, path, _NAME):
            if any(one.keys[: len(table)] == table for table in _TABLES):
                yield from _of_setting(path, one)
    yield from _loaded(project)
    for path in project.python:
        source = project.source(path)
        if source.tree is not None and ("pytest" in source.text or "/test" in f"/{path}"):
            yield from _of_source(source)


def _of_setting(path: str, one: Setting) -> Iterator[Usage]:
    place = Place(path, one.line, one.spot)
    yield Usage("is configured", place, _NAME, Role.TEST, Strength.HINT, distribution="pytest")
    for name in SETTINGS.get(one.key, ()):
        yield _usage(name, place, f"is what {one.key} sets")
    if one.key == "addopts":
        for kind, name, says in option_asks(_words(one.value)):
            said = f"is what {says} in addopts is of"
            if kind == "module":
                yield Usage(said, place, _NAME, Role.TEST, Strength.NEEDED, module=name)
            else:
                yield _usage(name, place, said, Strength.NEEDED)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return text.split()


def _loaded(project: Project) -> Iterator[Usage]:
    """Installed plug-ins: pytest loads each by its entry point, whatever is asked for."""
    for name, _, _ in project.environment.offering("pytest11") if project.environment else ():
        if name in project.declared and "pytest" in project.declared:
            place = next(one.place for one in project.declarations.items if one.name == name)
            yield _usage(name, place, "is loaded by pytest as a plug-in")


def _of_source(source: Source) -> Iterator[Usage]:
    seen: set[str] = set()
    for word, table, line in _told(source):
        if word not in seen:
            seen.add(word)
            for name in table.get(word, ()):
                yield _usage(name, Place(source.path, line), f"has {word}")
    for node in ast.walk(source.tree) if source.tree and _PLUGINS in source.text else ():
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_plugins(node) and node.value:
            for one in ast.walk(node.value):
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    place = Place(source.path, one.lineno)
                    yield Usage("is a plug-in of pytest", place, _NAME, Role.TEST, Strength.NEEDED, module=one.value)


def _told(source: Source) -> Iterator[tuple[str, dict[str, tuple[str, ...]], int]]:
    """Markers by their text, fixtures by the arguments of functions that are tests or fixtures."""
    for number, line in enumerate(source.text.split("\n"), 1):
        for found in _MARK.finditer(line) if "mark." in line else ():
            yield found[1], dict(MARKERS), number
    for node in ast.walk(source.tree) if source.tree else ():
        if isinstance(node, _FUNCTIONS) and (node.name.startswith("test") or _is_fixture(node)):
            for one in (*node.args.args, *node.args.kwonlyargs):
                yield one.arg, dict(FIXTURES), one.lineno


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.dump(one) for one in node.decorator_list)


def _is_plugins(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(one, ast.Name) and one.id == _PLUGINS for one in targets)


def _usage(name: str, place: Place, says: str, strength: Strength = Strength.HINT) -> Usage:
    return Usage(says, place, _NAME, Role.TEST, strength, distribution=name)


EVIDENCE: Evidence = Evidence(_NAME, "plug-ins that pytest's options, settings, markers and fixtures are of", _find)
