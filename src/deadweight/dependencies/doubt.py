"""What could hide a use: what was not read, and names that only a run can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from deadweight.core.environment import Installed
from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.dependencies.bringing import Demands

_STARTING = (
    "Dockerfile*", "*.Dockerfile", "Containerfile*", "Procfile", "*compose*.y*ml", "*.service", "serverless.y*ml",
    "app.yaml", "fly.toml", "render.yaml", "vercel.json", "*.sh", "supervisord.conf", "template.y*ml", "Makefile",
)  # fmt: skip


@dataclass(frozen=True)
class Doubt:
    """What is not known of a project's uses, and what brings its distributions anyway.

    `used` are the distributions that production is seen to use.
    """

    project: Project
    demands: Demands
    used: frozenset[str] = frozenset()

    def of(self, name: str) -> str:
        """Why the distribution may be used after all though nothing is found: a sentence, empty for no doubt."""
        installed = self.project.environment.by_name.get(name) if self.project.environment else None
        if told := self._told_of(name, installed):
            return told
        if offered := self.demands.offering(name, self.used):
            return f"{offered[0]} runs with it where it is there: its extra {offered[1]} asks for it alone"
        if self.hiding:
            more = f" and {len(self.hiding) - 1} more" if len(self.hiding) > 1 else ""
            return f"{self.hiding[0].where}: {self.hiding[0].reason}{more}"
        if installed and installed.commands and not self._is_started:
            return f"nothing says how the project is started, and it has the command {_foremost(installed)}"
        return ""

    def _told_of(self, name: str, installed: Installed | None) -> str:
        """Where a source that runs has the name as a text: something may be run or loaded by it."""
        names = {name, name.replace("-", "_"), *(installed.commands if installed else ())}
        word = re.compile(rf"""(?<=["'])(?:{"|".join(map(re.escape, sorted(names)))})(?=["'])""")
        for path, text in self._texts.items():
            if found := word.search(text):
                return f"{path}:{text.count(chr(10), 0, found.start()) + 1} has the text {found[0]!r}"
        return ""

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """The sources of what runs."""
        paths = [path for path in self.project.python if self.project.role_of(path) is Role.CORE]
        return {path: self.project.source(path).text for path in paths}

    @cached_property
    def hiding(self) -> tuple[Gap, ...]:
        """The gaps in what runs that could hide a use."""
        declared = set(self.project.declarations.gaps)
        gaps = (gap for gap in dict.fromkeys(self.project.gaps) if gap not in declared)
        return tuple(gap for gap in gaps if self._hides(gap))

    def _hides(self, gap: Gap) -> bool:
        path = gap.where.rpartition(":")[0] if gap.where.rpartition(":")[2].isdigit() else gap.where
        return path == self.project.location or (path in self.project.files and self.project.role_of(path) is Role.CORE)

    @cached_property
    def _is_started(self) -> bool:
        """Whether a file says how the project is started."""
        files = self.project.matching(*_STARTING)
        return bool(self.project.declarations.scripts) or any(self.project.role_of(path) is Role.CORE for path in files)


def _foremost(installed: Installed) -> str:
    return min(installed.commands, key=lambda one: (one != installed.name, len(one), one))
