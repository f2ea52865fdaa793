"""[build-system] of pyproject.toml: what it takes to build (PEP 518)."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.requirement import Declarations, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.toml_document import document


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    if not toml.table("build-system"):
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for text, place in toml.texts(reading, "build-system", "requires"):
        reading.add(text, Asked(place, Role.BUILD, "build"))
    return reading.declarations()


READER: Reader = Reader(
    name="build system", summary="[build-system] of pyproject.toml", names=("pyproject.toml",), read=_read
)
