"""Commands of Dockerfiles: what an image starts is needed; what it runs while it is built is for its stage.

A stage tells by its name what it is for (`FROM … AS test`); the last one is the image whatever it is called. Source:
docs.docker.com/reference/dockerfile.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, installed_apart, text_usages, word_usages
from deadweight.facts.dockerfile import Instruction, instructions
from deadweight.facts.project_bodies import text_of
from deadweight.facts.role_words import role_in
from deadweight.facts.simple_commands import simple_commands

_NAME = "commands of Dockerfiles"
_RUNNING = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
_FILES = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile", "Containerfile.*")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES):
        yield from _of_file(path, tuple(instructions(text_of(project, path, _NAME))))


def _of_file(path: str, steps: tuple[Instruction, ...]) -> Iterator[Usage]:
    last = max((step.number for step in steps), default=0)
    apart = installed_apart(command for step in steps if step.name == "RUN" for command in simple_commands(step.text))
    for step in steps:
        if step.name in _RUNNING:
            yield from _of_step(step, _occasion(path, step, apart, step.number == last))


def _occasion(path: str, step: Instruction, apart: frozenset[str], is_last: bool) -> Occasion:
    stage = f" of the stage {step.stage}" if step.stage else ""
    strength = Strength.OPTIONAL if step.name == "RUN" else Strength.NEEDED
    return Occasion(_NAME, path, f"is run by {step.name}{stage}", _role(path, step, is_last), strength, apart)


def _role(path: str, step: Instruction, is_last: bool) -> Role:
    """What the stage is for, or the file by its name; what the last stage only builds is what runs."""
    told = role_in(step.stage) or role_in(path.rpartition("/")[2].replace("Dockerfile", ""))
    return Role.CORE if told is None or (is_last and told is Role.BUILD) else told


def _of_step(step: Instruction, occasion: Occasion) -> Iterator[Usage]:
    if step.words:
        return word_usages(step.words, step.line, occasion)
    if step.script and step.name == "RUN":
        return text_usages(step.script, step.line + 1, occasion)
    return text_usages(step.text, step.line, occasion)


EVIDENCE: Evidence = Evidence(_NAME, "what RUN, CMD, ENTRYPOINT and HEALTHCHECK run, by stage", _find)
