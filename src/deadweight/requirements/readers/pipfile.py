"""Pipfile: [packages], [dev-packages] and categories of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.requirement import Declarations, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.poetry_dependency import dependencies
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_group
from deadweight.requirements.toml_document import Document, document

_SETTINGS = frozenset({"source", "requires", "scripts", "pipenv"})


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    reading = Reading(folder, path, files=[path])
    for category, stated in toml.data.items():
        if category not in _SETTINGS and isinstance(stated, Mapping):
            _take(toml, reading, category)
    requires = toml.table("requires")
    version = requires.get("python_full_version") or requires.get("python_version")
    return reading.declarations(requires_python=f"=={version}.*" if version else "")


def _take(toml: Document, reading: Reading, category: str) -> None:
    group = {"packages": "", "dev-packages": "dev"}.get(category, category)
    role = role_of_group(group) if group else Role.CORE
    for name, stated in toml.table(category).items():
        place = toml.place(category, name)
        try:
            for one in dependencies(name, stated):
                reading.declare(one.named, Asked(place, role, group, is_editable=one.is_editable), name)
        except (TypeError, ValueError) as error:
            reading.problem(str(error), place)


READER: Reader = Reader(name="Pipfile", summary="pipenv's Pipfile with its categories", names=("Pipfile",), read=_read)
