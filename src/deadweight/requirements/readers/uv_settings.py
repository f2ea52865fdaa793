"""[tool.uv] of pyproject.toml: its older development dependencies, and the bounds that it sets."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.requirement import Declarations, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.toml_document import document

_LISTS = (
    ("dev-dependencies", Role.DEVELOPMENT, "dev", False),
    ("constraint-dependencies", Role.CORE, "", True),
    ("override-dependencies", Role.CORE, "", True),
    ("build-constraint-dependencies", Role.BUILD, "build", True),
)


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    if not toml.table("tool", "uv"):
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for key, role, group, bounds in _LISTS:
        for text, place in toml.texts(reading, "tool", "uv", key):
            reading.add(text, Asked(place, role, group, bounds))
    return reading.declarations()


READER: Reader = Reader(
    name="uv settings", summary="[tool.uv] of pyproject.toml", names=("pyproject.toml",), read=_read
)
