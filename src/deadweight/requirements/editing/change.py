"""What is taken out of a file, and what is put in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removal:
    """One requirement to take out: its text as it stands in the file, its line from 1, its key."""

    name: str
    spelled: str
    line: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """One requirement (PEP 508) to put in at the key, empty for a list of requirements."""

    name: str
    requirement: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """All that changes in one file."""

    path: str
    removals: tuple[Removal, ...] = ()
    additions: tuple[Addition, ...] = ()
