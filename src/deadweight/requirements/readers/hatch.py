"""The environments of hatch, in pyproject.toml or hatch.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_group
from deadweight.requirements.toml_document import document


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    above = ("envs",) if path.endswith("hatch.toml") else ("tool", "hatch", "envs")
    environments = toml.table(*above)
    if not environments:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for name, stated in environments.items():
        for key in ("dependencies", "extra-dependencies") if isinstance(stated, Mapping) else ():
            for text, place in toml.texts(reading, *above, name, key):
                reading.add(_without_context(text), Asked(place, role_of_group(name), canonicalize_name(name)))
    return reading.declarations()


def _without_context(text: str) -> str:
    """The text with the project's folder for what hatch fills in."""
    return text.replace("{root:uri}/", "file:./").replace("{root:parent:uri}/", "file:../").replace("{root}", ".")


READER: Reader = Reader(
    name="hatch environments",
    summary="[tool.hatch.envs] of pyproject.toml, and hatch.toml",
    names=("pyproject.toml", "hatch.toml"),
    read=_read,
)
