"""Commands of files of tasks: justfile, Taskfile.yml, package.json, and the scripts of pyproject's task runners.

A task is for what its name says, and no more than a hint. Sources: just.systems/man; taskfile.dev/reference/schema;
docs.npmjs.com/cli/using-npm/scripts; hatch.pypa.io/latest/config/environment/overview/#scripts; poethepoet.natn.io;
pdm-project.org/latest/usage/scripts; rye.astral.sh/guide/pyproject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages
from deadweight.facts.project_bodies import text_of
from deadweight.facts.role_words import role_in
from deadweight.facts.settings import Setting, settings

_NAME = "commands of tasks"
_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)[^:=\n]*:(?!=)")
_TASKS = (("tool", "hatch"), ("tool", "poe"), ("tool", "pdm"), ("tool", "rye"), ("tool", "taskipy"), ("tool", "pixi"))
_HOLDING = frozenset({"scripts", "tasks"})


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("justfile", "Justfile", ".justfile", "*.just"):
        yield from _just(path, text_of(project, path, _NAME))
    for path in project.matching("Taskfile.yml", "Taskfile.yaml", "package.json", "pyproject.toml", "hatch.toml"):
        for one in settings(project, path, _NAME):
            if _is_task(path, one):
                yield from text_usages(one.value, one.line, _occasion(path, _task(one)))


def _just(path: str, text: str) -> Iterator[Usage]:
    name = ""
    for number, line in enumerate(text.split("\n"), 1):
        recipe = _RECIPE.match(line)
        if recipe:
            name = recipe[1]
        elif name and line[:1] in (" ", "\t"):
            yield from text_usages(
                line.strip().lstrip("@-").replace("{{", "").replace("}}", ""), number, _occasion(path, name)
            )


def _is_task(path: str, one: Setting) -> bool:
    if path.endswith("pyproject.toml") and one.keys[:2] not in _TASKS:
        return False
    if path.endswith("package.json"):
        return one.keys[0] == "scripts"
    return bool(_HOLDING & set(one.keys[:-1])) and one.key not in ("desc", "help", "env", "deps", "summary", "dir")


def _task(one: Setting) -> str:
    place = max(place for place, key in enumerate(one.keys[:-1]) if key in _HOLDING)
    return one.keys[place + 1]


def _occasion(path: str, name: str) -> Occasion:
    return Occasion(_NAME, path, f"is run by the task {name}", role_in(name) or Role.CORE, Strength.HINT)


EVIDENCE: Evidence = Evidence(_NAME, "what tasks of just, Task, npm, hatch, poe and pdm run, by name", _find)
