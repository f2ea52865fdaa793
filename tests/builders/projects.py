"""Projects as folders: files by path, and verdicts on what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.environment import Environment, Installed
from deadweight.core.requirement import Declared, Place, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict


def project_at(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder, with the files in it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def declared(requirement: str, role: Role = Role.CORE, *, path: str = "requirements.txt", line: int = 1) -> Declared:
    """A requirement as a list states it."""
    name = requirement.split(">")[0].split("=")[0].split("[")[0].strip()
    group = "" if role is Role.CORE else role.value
    return Declared(name, requirement, role, Place(path, line), group, requirement)


def used(module: str, role: Role = Role.CORE, place: str = "app/main.py") -> Usage:
    """An import of the module."""
    return Usage("is imported", Place(place, 3), "imports", role, module=module)


def verdict(fault: Fault, name: str, *uses: Usage, sure: bool = True, says: str = "") -> Verdict:
    """A verdict on the name wherever it is declared."""
    return Verdict(fault, name, says or f"{name} is {fault}", "do something", uses=tuple(uses), is_sure=sure)


def installed(**versions: str) -> Environment:
    """An environment with the distributions, each of 1000 bytes and with a module of its name."""
    found = (
        Installed(name, version, f"{name}.dist-info", size=1000, modules=frozenset({name}))
        for name, version in versions.items()
    )
    return Environment(".venv", tuple(found), {"python_version": "3.11", "sys_platform": "linux"})
