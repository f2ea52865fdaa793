"""[dependency-groups] of pyproject.toml (PEP 735), with the groups that each includes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_group
from deadweight.requirements.toml_document import Document, document

_TABLE = "dependency-groups"


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    groups = toml.get(_TABLE)
    if groups is None:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    if not isinstance(groups, Mapping):
        reading.stop(f"{_TABLE} is no table", toml.place(_TABLE))
    for group in groups:
        for text, place in toml.texts(reading, _TABLE, group, tables=True):
            reading.add(text, Asked(place, role_of_group(group), canonicalize_name(group)))
    includes: dict[str, tuple[str, ...]] = {
        canonicalize_name(group): _includes(toml, reading, group) for group in groups
    }
    _check(toml, reading, includes)
    return reading.declarations(includes=includes)


def _includes(toml: Document, reading: Reading, group: str) -> tuple[str, ...]:
    stated = toml.get(_TABLE, group)
    tables = [one for one in stated if isinstance(one, Mapping)] if isinstance(stated, list) else []
    for table in tables:
        if list(table) != ["include-group"] or not isinstance(table["include-group"], str):
            reading.problem(f"{dict(table)!r} is no include-group", toml.place(_TABLE, group))
    named = (table.get("include-group") for table in tables)
    return tuple(canonicalize_name(name) for name in named if isinstance(name, str))


def _check(toml: Document, reading: Reading, includes: Mapping[str, tuple[str, ...]]) -> None:
    """Groups that are included and not there, that include each other, or are one by PEP 503, are problems."""
    spelled = [canonicalize_name(group) for group in toml.table(_TABLE)]
    for twice in sorted({name for name in spelled if spelled.count(name) > 1}):
        reading.problem(f"the group {twice} is stated twice", toml.place(_TABLE))
    for group, named in includes.items():
        for name in named:
            if name not in includes:
                reading.problem(f"{group} includes the group {name}, which is not there", toml.place(_TABLE, group))
        if circle := _circle(includes, (group,)):
            reading.problem(f"the groups include each other in a circle: {' -> '.join(circle)}", toml.place(_TABLE))


def _circle(includes: Mapping[str, tuple[str, ...]], way: tuple[str, ...]) -> tuple[str, ...]:
    """The first way round that leads back to where it began and begins with the least name, empty for none."""
    for name in includes.get(way[-1], ()):
        if name == way[0]:
            return (*way, name) if name == min(way) else ()
        if name not in way and (found := _circle(includes, (*way, name))):
            return found
    return ()


READER: Reader = Reader(
    name="dependency groups",
    summary="[dependency-groups] of pyproject.toml",
    names=("pyproject.toml",),
    read=_read,
)
