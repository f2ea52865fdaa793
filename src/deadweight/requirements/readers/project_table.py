"""[project] of pyproject.toml (PEP 621): what it needs, its extras, and what it leaves to its build back end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_extra
from deadweight.requirements.setuptools_dynamic import take_dynamic
from deadweight.requirements.toml_document import Document, document


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    project = toml.table("project")
    if not project:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for text, place in toml.texts(reading, "project", "dependencies"):
        reading.add(text, Asked(place))
    extras = _extras(toml, reading)
    dynamic = take_dynamic(toml, reading)
    return reading.declarations(
        name=_text(toml, reading, "name"),
        requires_python=_text(toml, reading, "requires-python"),
        extras=(*extras, *dynamic),
        scripts=_scripts(toml),
    )


def _extras(toml: Document, reading: Reading) -> tuple[str, ...]:
    stated = toml.get("project", "optional-dependencies")
    if not isinstance(stated, Mapping):
        if stated is not None:
            reading.problem("project.optional-dependencies is no table", toml.place("project", "optional-dependencies"))
        return ()
    for extra in stated:
        for text, place in toml.texts(reading, "project", "optional-dependencies", extra):
            reading.add(text, Asked(place, role_of_extra(extra), _normal(extra)))
    return tuple(map(_normal, stated))


def _text(toml: Document, reading: Reading, key: str) -> str:
    found = toml.table("project").get(key, "")
    if not isinstance(found, str):
        reading.problem(f"project.{key} is no text", toml.place("project", key))
        return ""
    return _normal(found) if key == "name" else found


def _scripts(toml: Document) -> Mapping[str, Mapping[str, str]]:
    project = toml.table("project")
    stated = {"console_scripts": project.get("scripts"), "gui_scripts": project.get("gui-scripts")}
    groups = {**toml.table("project", "entry-points"), **{group: names for group, names in stated.items() if names}}
    return {group: {name: str(target) for name, target in names.items()} for group, names in groups.items()}


def _normal(name: str) -> str:
    return canonicalize_name(name)


READER: Reader = Reader(
    name="project table",
    summary="[project] of pyproject.toml: dependencies, optional dependencies, those that setuptools reads from files",
    names=("pyproject.toml",),
    read=_read,
)
