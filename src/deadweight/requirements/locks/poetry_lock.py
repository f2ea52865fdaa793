"""poetry.lock: hashes, markers, groups, and what each pin needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Lock, Pinned, Place
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.lock_tables import Build, files_of, index_of, name_of, tables, version_of
from deadweight.requirements.poetry_dependency import dependencies
from deadweight.requirements.poetry_version import converted
from deadweight.requirements.toml_document import Table


def _read(folder: Path, path: str) -> Lock | None:
    lock = tables(folder, path)
    about = lock.toml.table("metadata")
    if "content-hash" not in about:
        return None
    python = converted(str(about.get("python-versions", "*"))).specifier
    return Lock(path, "poetry.lock", lock.pins(_builder(about.get("files", {}))), python)


def _builder(files: Mapping[str, Any]) -> Build:
    """What makes pins; the files of a lock older than Poetry 1.3 stand apart from its packages."""

    def build(table: Table, place: Place) -> Pinned:
        name = name_of(table)
        return Pinned(
            name,
            version_of(table),
            place,
            needs=tuple(_needs(table)),
            marker=_marker(table.get("markers", "")),
            groups=_groups(table),
            files=tuple(files_of(table.get("files") or files.get(table["name"], ()))),
            source=_source(table.get("source", {})),
        )

    return build


def _needs(table: Table) -> Iterator[str]:
    for name, stated in table.get("dependencies", {}).items():
        extras = _extras_of(table, name)
        for one in dependencies(name, stated):
            yield one.named.requirement if not (one.is_optional and extras) else _under(one.named.requirement, extras)


def _extras_of(table: Table, name: str) -> list[str]:
    """The extras of the package that bring an optional need."""
    wanted = canonicalize_name(name)
    return [extra for extra, listed in table.get("extras", {}).items() if wanted in map(_bare, listed)]


def _bare(text: str) -> str:
    """The name in an entry of an extra, such as `pysocks (>=1.5.6)` or `urllib3[socks]`."""
    return canonicalize_name(re.split(r"[\s\[(]", text, maxsplit=1)[0])


def _under(requirement: str, extras: list[str]) -> str:
    asked, _, marker = requirement.partition(";")
    condition = " or ".join(f"extra == '{extra}'" for extra in extras)
    return f"{asked.strip()}; ({marker.strip()}) and ({condition})" if marker else f"{asked.strip()}; {condition}"


def _marker(stated: object) -> str:
    """One condition; where each group has its own, any of them."""
    if isinstance(stated, Mapping):
        return " or ".join(dict.fromkeys(f"({one})" for one in stated.values()))
    return str(stated)


def _groups(table: Table) -> tuple[str, ...]:
    """The groups by Poetry's names, the core's as the empty one; older locks say `category`."""
    listed = table.get("groups") or ([table["category"]] if "category" in table else ())
    return tuple("" if group == "main" else canonicalize_name(group) for group in listed)


def _source(source: Table) -> str:
    url = str(source.get("url", ""))
    if source.get("type") == "git":
        return f"git+{url}@{source.get('resolved_reference', '')}"
    return index_of(url) if source.get("type") in ("legacy", "explicit") else url


LOCK_READER: LockReader = LockReader(
    name="poetry.lock", summary="Poetry's lock, old and new", names=("poetry.lock",), read=_read, sign=b"content-hash"
)
