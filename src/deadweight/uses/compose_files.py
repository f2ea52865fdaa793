"""Commands of compose files and of Kubernetes' manifests: what a service runs is needed.

A service of a ready image that is built from nothing of the project runs what is not the project's, and is passed
over. Sources: docs.docker.com/reference/compose-file/services (command, entrypoint, healthcheck); kubernetes.io/docs/
tasks/inject-data-application/define-command-argument-container.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages, word_usages
from deadweight.facts.role_words import role_in
from deadweight.facts.settings import Setting, settings

_NAME = "commands of compose files"
_FILES = ("compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml")
_RUNNING = ("command", "entrypoint", "healthcheck")
_MANIFESTS = ("k8s/*", "kubernetes/*", "*/k8s/*", "*/kubernetes/*", "deploy/*", "*/manifests/*", "manifests/*")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES):
        values = settings(project, path, _NAME)
        services = [value for value in values if value.keys[0] == "services" and len(value.keys) > 2]
        built = {value.keys[1] for value in services if value.keys[2] in ("build", "extends")}
        for (service, what), group in groupby(services, key=lambda value: value.keys[1:3]):
            if service in built and what in _RUNNING:
                yield from _run(path, tuple(group), f"is run by the {what} of the service {service}", service)
    for path in project.matching(*(f"{place}.{ending}" for place in _MANIFESTS for ending in ("yml", "yaml"))):
        yield from _of_manifest(path, settings(project, path, _NAME))


def _of_manifest(path: str, values: tuple[Setting, ...]) -> Iterator[Usage]:
    """A container's `command` and `args` are one command; its image may be another's, so it is a hint."""
    for (keys, _), group in groupby(values, key=_container):
        if keys:
            yield from _run(path, tuple(group), "is run by a container", keys[0], Strength.HINT)


def _container(value: Setting) -> tuple[tuple[str, ...], str]:
    for place, key in enumerate(value.keys):
        if key in ("containers", "initContainers") and value.keys[place + 2 : place + 3] in (("command",), ("args",)):
            return value.keys[: place + 2], value.keys[place + 2]
    return (), ""


def _run(
    path: str, values: tuple[Setting, ...], says: str, service: str, strength: Strength = Strength.NEEDED
) -> Iterator[Usage]:
    file = path.rpartition("/")[2]
    role = role_in(service) or role_in(file.replace("compose", "").replace("docker", "")) or Role.CORE
    occasion = Occasion(_NAME, path, says, role, strength if role is Role.CORE else Strength.HINT)
    words = [value.value for value in values if value.keys[-1].isdigit()]
    if words and words[0] in ("CMD", "CMD-SHELL", "NONE"):
        shell, words = words[0] == "CMD-SHELL", words[1:]
        yield from (
            text_usages(words[0], values[0].line, occasion) if shell else word_usages(words, values[0].line, occasion)
        )
    elif words:
        yield from word_usages(words, values[0].line, occasion)
    for value in values:
        if not value.keys[-1].isdigit() and value.keys[-1] in (*_RUNNING, "test", "args"):
            yield from text_usages(value.value, value.line, occasion)


EVIDENCE: Evidence = Evidence(_NAME, "what the services of compose files and manifests run", _find)
