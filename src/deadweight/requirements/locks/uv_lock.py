"""uv.lock: sizes, hashes, markers, and which extra or group brings a pin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Lock, Pinned, Place
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.lock_tables import Tables, files_of, index_of, name_of, reached, tables, version_of
from deadweight.requirements.requirement_text import pep508
from deadweight.requirements.toml_document import Table

_LOCAL = ("virtual", "editable", "directory", "path", "url", "git")


def _read(folder: Path, path: str) -> Lock | None:
    lock = tables(folder, path)
    if not isinstance(lock.toml.data.get("version"), int) or lock.toml.table("metadata"):
        return None
    pins = lock.pins(_pin)
    groups = _groups(lock, pins)
    kept = (replace(pin, groups=groups.get(pin.name, ())) for pin in pins if pin.source != ".")
    return Lock(path, "uv.lock", tuple(kept), str(lock.toml.data.get("requires-python", "")))


def _pin(table: Table, place: Place) -> Pinned:
    source = table.get("source", {})
    return Pinned(
        name_of(table),
        version_of(table) if "version" in table else _unversioned(source),
        place,
        needs=tuple(_needs(table)),
        marker=" or ".join(f"({one})" for one in table.get("resolution-markers", ())),
        files=tuple(files_of((*table.get("wheels", ()), *([table["sdist"]] if "sdist" in table else ())))),
        source=_source(source),
    )


def _unversioned(source: Table) -> str:
    """The empty version of what lies in a folder and states its own; everything else must have one."""
    if not any(kind in source for kind in _LOCAL):
        raise KeyError("version")
    return ""


def _source(source: Table) -> str:
    if "registry" in source:
        return index_of(str(source["registry"]))
    kind = next((kind for kind in _LOCAL if kind in source), "")
    return f"git+{source[kind]}" if kind == "git" else str(source.get(kind, ""))


def _needs(table: Table) -> Iterator[str]:
    for one in table.get("dependencies", ()):
        yield _need(one)
    for extra, listed in table.get("optional-dependencies", {}).items():
        for one in listed:
            yield _need(one, f"extra == '{extra}'")


def _need(one: Table, condition: str = "") -> str:
    stated = str(one.get("marker", ""))
    marker = f"({stated}) and {condition}" if stated and condition else stated or condition
    extras = f"[{','.join(one['extra'])}]" if one.get("extra") else ""
    version = f"=={one['version']}" if one.get("version") else ""
    return pep508(str(one["name"]), extras + version, marker=marker)


def _groups(lock: Tables, pins: Iterable[Pinned]) -> Mapping[str, tuple[str, ...]]:
    """Which groups of the projects in the lock bring each name; the empty name is what they need themselves."""
    edges: dict[str, list[str]] = {}
    for table, _ in lock.packages:
        listed = [*table.get("dependencies", ()), *(one for more in _optional(table) for one in more)]
        edges.setdefault(canonicalize_name(table["name"]), []).extend(_names(listed))
    members = [table for table, _ in lock.packages if {"virtual", "editable"} & set(table.get("source", {}))]
    found: dict[str, set[str]] = {}
    for group, names in _roots(members):
        for name in reached(names, edges):
            found.setdefault(name, set()).add(group)
    return {name: tuple(sorted(groups)) for name, groups in found.items()}


def _optional(table: Table) -> Iterable[Iterable[Table]]:
    """The extras of what is no project here: whoever asks for one of them brings it."""
    is_member = {"virtual", "editable"} & set(table.get("source", {}))
    return () if is_member else table.get("optional-dependencies", {}).values()


def _roots(members: Iterable[Table]) -> Iterator[tuple[str, list[str]]]:
    for table in members:
        yield "", _names(table.get("dependencies", ()))
        for kind in ("optional-dependencies", "dev-dependencies"):
            for group, listed in table.get(kind, {}).items():
                yield group, _names(listed)


def _names(listed: Iterable[Table]) -> list[str]:
    return [canonicalize_name(one["name"]) for one in listed]


LOCK_READER: LockReader = LockReader(
    name="uv.lock",
    summary="uv's lock: sizes, hashes, markers, groups",
    names=("uv.lock",),
    read=_read,
    sign=b"[[package]]",
)
