"""Commands of what keeps a service up: systemd's units, supervisor's programs, and files of hosting platforms.

Sources: systemd.service(5) (ExecStart= and its prefixes); supervisord.org/configuration.html; render.com/docs/
blueprint-spec (startCommand); docs.railway.com/reference/config-as-code; fly.io/docs/reference/configuration.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages
from deadweight.facts.project_bodies import text_of
from deadweight.facts.settings import settings

_NAME = "commands of services"
_STARTS = ("ExecStart=", "ExecStartPre=", "ExecStartPost=", "ExecReload=", "command=", "command =")
_PLATFORMS = ("render.yaml", "railway.json", "railway.toml", "fly.toml", "app.yaml", "app.json", "heroku.yml")
_KEYS = frozenset({"startCommand", "buildCommand", "preDeployCommand", "entrypoint", "release_command", "run", "cmd"})
_ABOVE = frozenset({"processes", "run"})


def _find(project: Project) -> Iterator[Usage]:
    occasion = "is started by the service"
    for path in project.matching(
        "*.service", "supervisord.conf", "supervisor*.conf", "circus.ini", "*/supervisor/*.conf"
    ):
        lines = text_of(project, path, _NAME).replace("\\\n", "  ").split("\n")
        for number, line in enumerate(lines, 1):
            start = next((start for start in _STARTS if line.startswith(start)), "")
            if start:
                yield from text_usages(line[len(start) :].lstrip(" -@:+!"), number, Occasion(_NAME, path, occasion))
    for path in project.matching(*_PLATFORMS):
        for one in settings(project, path, _NAME):
            if one.key in _KEYS or _ABOVE & set(one.keys[:-1]):
                built = one.key == "buildCommand"
                role, strength = (Role.BUILD, Strength.HINT) if built else (Role.CORE, Strength.NEEDED)
                yield from text_usages(one.value, one.line, Occasion(_NAME, path, occasion, role, strength))


EVIDENCE: Evidence = Evidence(_NAME, "what systemd, supervisor and hosting platforms start", _find)
