"""Commands of Procfiles: one process a line, `name: command`. Source: devcenter.heroku.com/articles/procfile."""

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

_NAME = "commands of Procfiles"
_PROCESS = re.compile(r"^([A-Za-z0-9_-]+):[ \t]*(.+)$", re.MULTILINE)


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("Procfile", "Procfile.*"):
        text = text_of(project, path, _NAME)
        role = role_in(path.rpartition(".")[2]) or Role.CORE
        for process in _PROCESS.finditer(text):
            strength = Strength.NEEDED if role is Role.CORE else Strength.HINT
            occasion = Occasion(_NAME, path, f"is run by the process {process[1]}", role, strength)
            yield from text_usages(process[2], text.count("\n", 0, process.start()) + 1, occasion)


EVIDENCE: Evidence = Evidence(_NAME, "what the processes of a Procfile run", _find)
