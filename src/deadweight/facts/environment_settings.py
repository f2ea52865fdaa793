"""What a project's files of deployment set environment variables to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deadweight.core.project import Project
from deadweight.facts.project_bodies import text_of

_FILES = ("Dockerfile*", "*.Dockerfile", "Containerfile*", "*.env", ".env*", "*compose*.y*ml", "Procfile", "Makefile")
_FILES_TOO = ("*.sh", "*.service", "*.yaml", "*.yml", "*.toml", "*.ini", "*.cfg", "justfile")
_SET = re.compile(
    r"""(?:\bENV[ \t]+)?\b([A-Z][A-Z0-9_]{2,60})["']?(?:[ \t]*[=:][ \t]*|[ \t]+)["']?([A-Za-z_][\w.]{0,200})"""
)


def environment_settings(project: Project) -> Mapping[str, frozenset[str]]:
    """The values that could be names of modules, by variable; files of any role, for tests may set them too."""
    found: dict[str, set[str]] = {}
    for path in project.matching(*_FILES, *_FILES_TOO):
        for name, value in _SET.findall(text_of(project, path, "environment variables")):
            found.setdefault(name, set()).add(value)
    return {name: frozenset(values) for name, values in found.items()}
