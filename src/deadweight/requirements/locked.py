"""The locks of a project: every file that holds exact pins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.plugins import found
from deadweight.core.requirement import Lock
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.project_files import is_called, project_files
from deadweight.requirements.reading import every_one

_ADVICE = "Locks of uv, poetry, pdm, pipenv, pip-compile and PEP 751 are read."


def locks(folder: Path, files: Iterable[str] | None = None) -> tuple[Lock, ...]:
    """The locks of the project, which are looked for where `files` are not given, those of its root first.

    UsageError tells every problem of every lock at once.
    """
    paths = tuple(files) if files is not None else project_files(folder)
    faults: list[UsageError] = []
    read = tuple(_read(folder, sorted(paths, key=lambda path: (path.count("/"), path)), faults))
    if faults:
        raise every_one(faults)
    return read


def lock_readers() -> tuple[LockReader, ...]:
    """Every reader of locks, by its module's name."""
    return tuple(plugin.value for plugin in found("deadweight.requirements.locks", "LOCK_READER", LockReader))


def read_lock(path: Path) -> Lock:
    """The lock at the path, whatever its name is; UsageError where it is missing, broken or none."""
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), advice=_ADVICE)
    known = lock_readers()
    named = [reader for reader in known if is_called(path.name, reader.names)]
    for reader in named:
        if lock := reader.read(path.parent, path.name):
            return replace(lock, path=str(path))
    for reader in _signed(known, path.read_bytes()):
        if lock := _tried(reader, path):
            return replace(lock, path=str(path))
    raise UsageError("it is no lock that is read", where=str(path), advice=_ADVICE)


def _read(folder: Path, paths: Iterable[str], faults: list[UsageError]) -> Iterator[Lock]:
    known = lock_readers()
    for path in paths:
        for reader in known:
            if is_called(path, reader.names) and path.count("/") <= 1:
                try:
                    yield from _one(reader, folder, path)
                except UsageError as error:
                    faults.append(error)


def _one(reader: LockReader, folder: Path, path: str) -> Iterator[Lock]:
    lock = reader.read(folder, path)
    if lock:
        yield lock
    elif path.rpartition("/")[2] in reader.names:
        raise UsageError(f"it is no {reader.name}", where=path, advice="Make it anew with the tool that it is of.")


def _signed(known: Iterable[LockReader], data: bytes) -> list[LockReader]:
    """The readers whose sign stands in the bytes, the most telling one first."""
    return sorted((reader for reader in known if reader.sign in data), key=lambda reader: -len(reader.sign))


def _tried(reader: LockReader, path: Path) -> Lock | None:
    """What a reader makes of a file of another name; what it cannot read is none of its own."""
    try:
        return reader.read(path.parent, path.name)
    except UsageError:
        return None
