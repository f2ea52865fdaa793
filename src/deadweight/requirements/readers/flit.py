"""[tool.flit.metadata] of pyproject.toml, as flit had it before PEP 621."""

from __future__ import annotations

from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_extra
from deadweight.requirements.toml_document import document

_TABLE = ("tool", "flit", "metadata")


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    flit = toml.table(*_TABLE)
    if not flit:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for key, asked in (("requires", (Role.CORE, "")), ("dev-requires", (Role.DEVELOPMENT, "dev"))):
        for text, place in toml.texts(reading, *_TABLE, key):
            reading.add(text, Asked(place, *asked))
    extras = toml.table(*_TABLE, "requires-extra")
    for extra in extras:
        for text, place in toml.texts(reading, *_TABLE, "requires-extra", extra):
            reading.add(text, Asked(place, role_of_extra(extra), canonicalize_name(extra)))
    scripts = toml.table("tool", "flit", "scripts")
    return reading.declarations(
        name=canonicalize_name(str(flit.get("dist-name") or flit.get("module", ""))),
        requires_python=str(flit.get("requires-python", "")),
        extras=tuple(map(canonicalize_name, extras)),
        scripts={"console_scripts": dict(scripts)} if scripts else {},
    )


READER: Reader = Reader(
    name="flit", summary="[tool.flit.metadata] of pyproject.toml", names=("pyproject.toml",), read=_read
)
