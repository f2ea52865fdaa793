"""pylock.toml, the lock that every tool can read (PEP 751)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.pylock import Package, Pylock, PylockValidationError

from deadweight.core.requirement import Lock, LockedFile, Pinned, Place
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.lock_tables import Tables, file_name, index_of, name_of, tables
from deadweight.requirements.toml_document import Table


def _read(folder: Path, path: str) -> Lock | None:
    lock = tables(folder, path, "packages")
    if "lock-version" not in lock.toml.data:
        return None
    pins = lock.pins(_pin)
    _check(lock)
    return Lock(path, "pylock.toml", pins, str(lock.toml.data.get("requires-python", "")))


def _check(lock: Tables) -> None:
    """Raise UsageError where `packaging` finds that the file is no valid one."""
    try:
        Pylock.from_dict(lock.toml.data)
    except PylockValidationError as error:
        lock.reading.stop(str(error))


def _pin(table: Table, place: Place) -> Pinned:
    package = _package(table)
    return Pinned(
        name_of(table),
        str(package.version or ""),
        place,
        needs=tuple(str(one["name"]) for one in table.get("dependencies", ()) if "name" in one),
        marker=str(package.marker or ""),
        files=tuple(_files(table)),
        source=_source(table),
    )


def _package(table: Table) -> Package:
    """The package as `packaging` has it, looked at alone so that what is wrong with others is told too."""
    try:
        return Pylock.from_dict({"lock-version": "1.0", "created-by": "nobody", "packages": [table]}).packages[0]
    except PylockValidationError as error:
        raise ValueError(str(error)) from error


def _files(table: Table) -> Iterator[LockedFile]:
    single = [table[kind] for kind in ("sdist", "archive") if kind in table]
    for one in (*table.get("wheels", ()), *single):
        address = str(one.get("url") or one.get("path", ""))
        hashes = tuple(f"{kind}:{value}" for kind, value in one.get("hashes", {}).items())
        yield LockedFile(str(one.get("name") or file_name(address)), one.get("size"), hashes, str(one.get("url", "")))


def _source(table: Table) -> str:
    for kind in ("vcs", "directory", "archive"):
        if kind in table:
            return _address(table[kind])
    return index_of(str(table.get("index", "")))


def _address(source: Mapping[str, Any]) -> str:
    address = str(source.get("url") or source.get("path", ""))
    return f"{source['type']}+{address}@{source.get('commit-id', '')}" if "type" in source else address


LOCK_READER: LockReader = LockReader(
    name="pylock.toml",
    summary="the standard lock of PEP 751",
    names=("pylock.toml", "pylock.*.toml"),
    read=_read,
    sign=b"created-by",
)
