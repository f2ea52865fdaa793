"""A TOML file edited with its comments and order kept: arrays of requirements, and tables with a key for each."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, MutableMapping, MutableSequence, Sequence
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.writing.groups import parsed

Table = MutableMapping[str, Any]


def edited_toml(text: str, edit: FileEdit) -> str:
    """The text without the removals and with the additions.

    Raises UsageError where something is not there as it was read, Lacking without tomlkit.
    """
    document = parsed(text, edit.path)
    for removal in edit.removals:
        _remove(document, removal, edit.path)
    for addition in edit.additions:
        _add(document, addition)
    return document.as_string()


def _remove(document: Table, removal: Removal, path: str) -> None:
    keys = tuple(_keys(document, removal.key))
    found: Any = document
    for key in keys[:-1]:
        found = found[key]
    holder = found.get(keys[-1]) if keys else None
    if isinstance(holder, MutableSequence):
        index = next((at for at, one in enumerate(holder) if isinstance(one, str) and one == removal.spelled), None)
        if index is not None:
            del holder[index]
            return
    elif keys and canonicalize_name(keys[-1]) == removal.name:
        del found[keys[-1]]
        return
    raise UsageError(f"{removal.name} is not there as it was read", where=f"{path}:{removal.line}", advice="Run again.")


def _keys(document: Table, path: str) -> Iterator[str]:
    """The keys of a path of them with dots between; a key may have dots of its own."""
    found: Any = document
    rest = path
    while rest and isinstance(found, MutableMapping):
        heads = [key for key in found if rest == key or rest.startswith(f"{key}.")]
        if not heads:
            return
        key = max(heads, key=len)
        yield key
        found, rest = found[key], rest[len(key) + 1 :]


def _add(document: Table, addition: Addition) -> None:
    import tomlkit

    *above, last = addition.key.split(".")
    table: Any = document
    for depth, key in enumerate(above):
        if key not in table:
            table[key] = tomlkit.table(is_super_table=depth < len(above) - 1)
        table = table[key]
    if _is_table(addition.key):
        _add_key(table.setdefault(last, tomlkit.table()), addition)
        return
    if last not in table:
        table[last] = tomlkit.array()
    _add_item(table[last], addition)


def _is_table(key: str) -> bool:
    """Whether requirements there are keys (poetry, pipenv), and no array."""
    return key.startswith("tool.poetry.") or "." not in key


def _add_key(table: Table, addition: Addition) -> None:
    import tomlkit

    requirement = Requirement(addition.requirement)
    version = str(requirement.specifier) or "*"
    if not (requirement.extras or requirement.marker):
        table[requirement.name] = version
        return
    inline = tomlkit.inline_table()
    inline["version"] = version
    if requirement.extras:
        inline["extras"] = sorted(requirement.extras)
    if requirement.marker:
        inline["markers"] = str(requirement.marker)
    table[requirement.name] = inline


def _add_item(array: Any, addition: Addition) -> None:  # noqa: ANN401  # a tomlkit.items.Array, which may be absent
    texts = [str(one) for one in array if isinstance(one, str)]
    names = list(_names(texts))
    if len(names) == len(array) > 1 and names == sorted(names):
        array.insert(bisect(names, addition.name), addition.requirement)
    elif len(array) or array.as_string().count("\n"):
        array.append(addition.requirement)
    else:
        array.add_line(addition.requirement, indent="    ")
        array.add_line(indent="")


def _names(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield canonicalize_name(Requirement(text).name)
