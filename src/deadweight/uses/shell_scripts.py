"""Commands of shell scripts: what a script that starts the service runs is needed, what others run is a hint.

A script starts the service where its name says so, or where a Dockerfile's ENTRYPOINT or CMD names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, installed_apart, invocation_usages
from deadweight.facts.dockerfile import instructions
from deadweight.facts.project_bodies import text_of
from deadweight.facts.role_words import role_in
from deadweight.facts.shell_words import shebang_of
from deadweight.facts.simple_commands import simple_commands

_NAME = "commands of shell scripts"
_STARTING = re.compile(r"(?:.*[-_])?(?:docker-)?(?:entry_?point|start|run|launch|serve|boot|prestart)(?:[-_.].*)?")
_WORD = re.compile(r"[\w./-]+")
_PLACES = frozenset({"bin", "scripts", "script", "docker", "deploy", ".devcontainer"})


def _find(project: Project) -> Iterator[Usage]:
    started = _started(project)
    for path in _scripts(project):
        commands = tuple(simple_commands(text_of(project, path, _NAME)))
        apart = installed_apart(commands)
        yield from invocation_usages(commands, _occasion(project, path, started, apart))


def _scripts(project: Project) -> Iterator[str]:
    """Files of the ending of a shell script, and those in folders of programs whose first line is a shell's."""
    yield from project.matching("*.sh", "*.bash")
    for path in project.files:
        name = path.rpartition("/")[2]
        if "." not in name and (_PLACES & set(path.split("/")[:-1]) or _STARTING.fullmatch(name)):
            shebang = shebang_of(project.read(path)[:256])
            if shebang and shebang.is_shell:
                yield path


def _started(project: Project) -> frozenset[str]:
    """The names of what Dockerfiles start."""
    steps = (step for path in project.matching("*Dockerfile*") for step in instructions(text_of(project, path, _NAME)))
    texts = [step.text for step in steps if step.name in ("CMD", "ENTRYPOINT")]
    return frozenset(word.rpartition("/")[2] for text in texts for word in _WORD.findall(text))


def _occasion(project: Project, path: str, started: frozenset[str], apart: frozenset[str]) -> Occasion:
    name = path.rpartition("/")[2]
    told = role_in(name.removesuffix(".sh")) or project.role_of(path)
    if name in started or (told.runs and _STARTING.fullmatch(name)):
        role = Role.CORE if name in started else told
        return Occasion(_NAME, path, "is run by the script that starts it", role, Strength.NEEDED, apart)
    return Occasion(_NAME, path, "is run by the script", told, Strength.HINT, apart)


EVIDENCE: Evidence = Evidence(_NAME, "what shell scripts run", _find)
