"""Commands of Makefiles: a recipe is for what its target's name says, and no more than a hint.

A recipe runs where a person works: what it needs may be installed there by hand. Source: the GNU make manual, sections
"Writing Recipes in Rules" and "The Two Flavors of Variables".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages
from deadweight.facts.project_bodies import text_of
from deadweight.facts.role_words import role_in

_NAME = "commands of Makefiles"
_VARIABLE = re.compile(r"^(?:export[ \t]+)?([\w.-]+)[ \t]*(?:\?|::?:?|\+)?=[ \t]*(.*)$", re.MULTILINE)
_TARGET = re.compile(r"^([^\s#:=][^:=#]*)::?(?![:=])[^;\n]*(?:;(.*))?$")
_REFERENCE = re.compile(r"\$[({]([\w.-]+)[)}]")
_CONTINUED = re.compile(r"\\\n[ \t]*")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("Makefile", "makefile", "GNUmakefile", "*.mk", "Makefile.*"):
        text = text_of(project, path, _NAME)
        variables = {found[1]: found[2].strip() for found in _VARIABLE.finditer(_CONTINUED.sub(" ", text))}
        for target, line, recipe in _recipes(text):
            role = role_in(target) or Role.CORE
            occasion = Occasion(_NAME, path, f"is run by the target {target}", role, Strength.HINT)
            yield from text_usages(_expanded(recipe, variables), line, occasion)


def _recipes(text: str) -> Iterator[tuple[str, int, str]]:
    """Target, line and command of each line of a recipe, joined where it goes on."""
    target, start, parts = "", 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if parts or line.startswith("\t"):
            start = start if parts else number
            parts.append(line.strip(" \t") if parts else line.lstrip("\t @+-"))
            if not line.endswith("\\"):
                yield target, start, "\n".join(parts)
                parts = []
        elif found := _TARGET.match(line):
            target = found[1].strip()
            if found[2]:
                yield target, number, found[2]


def _expanded(recipe: str, variables: Mapping[str, str], depth: int = 4) -> str:
    """The command with its variables; those that nothing sets stay."""
    told = _REFERENCE.sub(lambda found: variables.get(found[1], found[0]), recipe)
    if told != recipe and depth:
        return _expanded(told, variables, depth - 1)
    return _REFERENCE.sub(r"${\1}", told).replace("$$", "$")


EVIDENCE: Evidence = Evidence(_NAME, "what the recipes of Makefiles run, by target", _find)
