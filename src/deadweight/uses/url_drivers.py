"""Drivers in URLs: `postgresql+asyncpg://…` is spoken by asyncpg, though nothing imports it.

URLs are looked for in sources, in configuration and in files of environment variables. One that names its driver needs
it; one that leaves the choice is a hint for each that would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.known_drivers import DEFAULTS, DRIVERS, drivers_of
from deadweight.facts.project_bodies import text_of

_NAME = "drivers in URLs"
_SCHEMES = sorted({*DRIVERS, *DEFAULTS}, key=len, reverse=True)
_URL = re.compile(r"(?<![\w+.-])(" + "|".join(map(re.escape, _SCHEMES)) + r")(\+\w+)?://")
_DRIVER = re.compile(r"""drivername\s*=\s*["']([\w+]+)["']|URL\.create\(\s*["']([\w+]+)["']""")
_SECRET = re.compile(r"(?:.*/)?\.env[^/]*|.*\.env")
_FILES = "*.py *.pyw *.toml *.ini *.cfg *.conf *.yml *.yaml *.json *.properties Dockerfile* *.Dockerfile *.sh *.ipynb"
_NOT_CONFIGURATION = ("poetry.lock", "package-lock.json", "pdm.lock", "uv.lock")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES.split(), ".env*", "*.env"):
        if not path.endswith(_NOT_CONFIGURATION):
            yield from _of_file(project, path)


def _of_file(project: Project, path: str) -> Iterator[Usage]:
    text = project.source(path).text if path in project.python else text_of(project, path, _NAME)
    seen: set[str] = set()
    for found in _found(text):
        scheme = found[0]
        if scheme not in seen:
            seen.add(scheme)
            yield from _usages(project, Place(path, text.count("\n", 0, found[1]) + 1), scheme)


def _found(text: str) -> Iterator[tuple[str, int]]:
    """Schemes with where they stand."""
    if "://" in text:
        yield from ((found[1] + (found[2] or ""), found.start()) for found in _URL.finditer(text))
    if "URL.create" in text or "drivername" in text:
        yield from ((found[1] or found[2], found.start()) for found in _DRIVER.finditer(text))


def _usages(project: Project, place: Place, scheme: str) -> Iterator[Usage]:
    names = drivers_of(scheme)
    role = Role.CORE if _SECRET.fullmatch(place.path) else project.role_of(place.path)
    is_sure = len(names) == 1 and role.runs and not place.path.endswith((".json", ".ipynb"))
    strength = Strength.NEEDED if is_sure else Strength.HINT
    for name in names:
        says = f"is the driver of {scheme}://" if len(names) == 1 else f"may be the driver of {scheme}://"
        yield Usage(says, place, _NAME, role, strength, distribution=name)


EVIDENCE: Evidence = Evidence(_NAME, "drivers that URLs name in sources, configuration and environment files", _find)
