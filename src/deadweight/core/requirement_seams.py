"""The seams of dependencies: what a reader of declarations or locks is, and what a kind of evidence is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.project import Project
from deadweight.core.requirement import Declarations, Lock
from deadweight.core.usage import Usage


@dataclass(frozen=True, slots=True)
class Reader:
    """One form in which requirements are declared.

    `names` are globs of file names. `read` takes the project's folder and the path of the file relative to it, and
    gives what that file (and those it includes) declares. It raises UsageError with all problems of the file at once,
    each with its line, where the file is broken; what it cannot tell (a computed list) is a gap of the declarations.
    A file of the name that declares nothing of this form gives empty Declarations without `files`.
    """

    name: str
    summary: str
    names: tuple[str, ...]
    read: Callable[[Path, str], Declarations]


@dataclass(frozen=True, slots=True)
class LockReader:
    """One form of lock: `names` are globs of file names, `read` takes the project's folder and the relative path.

    It raises UsageError with all problems of the file at once; None for a file of the name that is no such lock.
    `sign` are bytes that stand in every such file, by which one of another name is tried; a longer sign is tried first.
    """

    name: str
    summary: str
    names: tuple[str, ...]
    read: Callable[[Path, str], Lock | None]
    sign: bytes = b""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kind of evidence that a project uses something: where it looks, and what it finds there."""

    name: str
    summary: str
    find: Callable[[Project], Iterable[Usage]]
