"""[tool.pdm.dev-dependencies] of pyproject.toml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Place
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_group
from deadweight.requirements.toml_document import document

_TABLE = ("tool", "pdm", "dev-dependencies")


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    groups = toml.table(*_TABLE)
    if not groups:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for group in groups:
        for text, place in toml.texts(reading, *_TABLE, group):
            _take(reading, text, place, group)
    return reading.declarations()


def _take(reading: Reading, text: str, place: Place, group: str) -> None:
    """A requirement as pip has it: an editable one begins with `-e`, and `${PROJECT_ROOT}` is the project."""
    asked = Asked(place, role_of_group(group), canonicalize_name(group))
    bare = text.replace("file:///${PROJECT_ROOT}/", "./").replace("${PROJECT_ROOT}", ".")
    if bare.startswith("-e "):
        reading.add(bare[3:].strip(), replace(asked, is_editable=True))
    else:
        reading.add(bare, asked)


READER: Reader = Reader(
    name="pdm", summary="[tool.pdm.dev-dependencies] of pyproject.toml", names=("pyproject.toml",), read=_read
)
