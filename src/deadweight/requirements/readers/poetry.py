"""[tool.poetry] of pyproject.toml: dependencies, groups, extras, the Python that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.poetry_dependency import dependencies
from deadweight.requirements.poetry_version import converted
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_extra, role_of_group
from deadweight.requirements.toml_document import Document, Table, document

_POETRY = ("tool", "poetry")


def _read(folder: Path, path: str) -> Declarations:
    toml = document(folder, path)
    poetry = toml.table(*_POETRY)
    if not poetry:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    for keys, group in _tables(toml):
        role = role_of_group(group) if group else Role.CORE
        for name, stated in toml.table(*keys).items():
            if canonicalize_name(name) != "python":
                _take(toml, reading, (*keys, name), (role, group, stated))
    return reading.declarations(
        name=canonicalize_name(str(poetry.get("name", ""))),
        requires_python=_python(toml, reading),
        extras=tuple(map(canonicalize_name, toml.table(*_POETRY, "extras"))),
        scripts=_scripts(toml),
    )


def _tables(toml: Document) -> Iterator[tuple[tuple[str, ...], str]]:
    """The keys of each table of dependencies, and its group."""
    yield (*_POETRY, "dependencies"), ""
    yield (*_POETRY, "dev-dependencies"), "dev"
    for group in toml.table(*_POETRY, "group"):
        yield (*_POETRY, "group", group, "dependencies"), canonicalize_name(group)


def _take(toml: Document, reading: Reading, keys: tuple[str, ...], stated: tuple[Role, str, object]) -> None:
    role, group, value = stated
    place = toml.place(*keys)
    try:
        for one in dependencies(keys[-1], value):
            for extra in _extras(toml.table(*_POETRY, "extras"), keys[-1]) if one.is_optional and not group else ("",):
                own = (role_of_extra(extra), extra) if extra else (Role.EXTRA if one.is_optional else role, group)
                reading.declare(one.named, Asked(place, *own, is_editable=one.is_editable), _spelled(keys[-1], value))
    except (TypeError, ValueError) as error:
        reading.problem(str(error), place)


def _extras(extras: Table, name: str) -> tuple[str, ...]:
    """The extras that bring an optional dependency, one without a name where none does."""
    wanted = canonicalize_name(name)
    found = (extra for extra, names in extras.items() if wanted in map(canonicalize_name, names))
    return tuple(map(canonicalize_name, found)) or ("",)


def _spelled(name: str, value: object) -> str:
    return f'{name} = "{value}"' if isinstance(value, str) else name


def _python(toml: Document, reading: Reading) -> str:
    stated = toml.get(*_POETRY, "dependencies", "python")
    if not isinstance(stated, str):
        return ""
    try:
        return converted(stated).specifier
    except ValueError as error:
        reading.problem(str(error), toml.place(*_POETRY, "dependencies", "python"))
        return ""


def _scripts(toml: Document) -> Mapping[str, Mapping[str, str]]:
    found = dict(toml.table(*_POETRY, "plugins"))
    if scripts := toml.table(*_POETRY, "scripts"):
        found["console_scripts"] = {
            name: target if isinstance(target, str) else str(target.get("reference", ""))
            for name, target in scripts.items()
        }
    return found


READER: Reader = Reader(
    name="poetry", summary="[tool.poetry] of pyproject.toml: groups and extras", names=("pyproject.toml",), read=_read
)
