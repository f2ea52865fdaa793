"""What a project asks for, as values: requirements with the place of each, and the exact pins of locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from packaging.requirements import Requirement

from deadweight.core.gap import Gap


class Role(StrEnum):
    """What a requirement, or a use, is for."""

    CORE = "core"
    EXTRA = "extra"
    TEST = "test"
    DOCUMENTATION = "documentation"
    TYPING = "typing"
    BUILD = "build"
    DEVELOPMENT = "development"

    @property
    def runs(self) -> bool:
        """Whether it is for what runs in production, an extra included."""
        return self in (Role.CORE, Role.EXTRA)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was read: a path relative to the project, a line from 1 (0: not known), a key of the file."""

    path: str
    line: int = 0
    key: str = ""

    def __str__(self) -> str:
        spot = f"{self.path}:{self.line}" if self.line else self.path
        return f"{spot} ({self.key})" if self.key else spot


@dataclass(frozen=True, slots=True)
class Declared:
    """One requirement that a project states.

    `name` is normalised (PEP 503); `requirement` its PEP 508 text, whatever the file's own spelling is. `group` is the
    extra's or group's name, empty for what the project itself needs. `spelled` is the text as it stands in the file.
    `is_constraint` is whether it only bounds a version and asks for nothing (`-c`), `path` where a local one lies.
    `source` is the index or the address that another part of the file names for it ([tool.uv.sources]).
    """

    name: str
    requirement: str
    role: Role
    place: Place
    group: str = ""
    spelled: str = ""
    hashes: tuple[str, ...] = ()
    is_editable: bool = False
    is_constraint: bool = False
    path: str = ""
    source: str = ""

    @property
    def parsed(self) -> Requirement:
        """The requirement as `packaging` has it."""
        return Requirement(self.requirement)


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that a project states: of every file that states something, in the order of the files.

    `name` is the project's own, normalised, empty where it has none; `requires_python` a specifier, empty for none;
    `extras` are the extras it offers; `includes` which groups a group includes (PEP 735). `scripts` are the entry
    points that it declares, group to name to object reference. `files` are those read. `gaps` are what could not be
    told, such as a setup.py that computes its list.
    """

    items: tuple[Declared, ...] = ()
    name: str = ""
    requires_python: str = ""
    extras: tuple[str, ...] = ()
    includes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scripts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def of(self, *roles: Role) -> tuple[Declared, ...]:
        """What is asked for with one of the roles, constraints left out."""
        return tuple(one for one in self.items if one.role in roles and not one.is_constraint)


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One file that a pin may be installed from: its name, bytes to download (None: not stated), `algorithm:hex`."""

    name: str
    size: int | None = None
    hashes: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One exact version in a lock.

    `needs` are requirements as the lock states them (PEP 508), empty where it says nothing of them; `marker` when the
    pin applies; `groups` the extras or groups that bring it where the lock tells, the empty name being the core.
    `source` is a URL, a path or the index that it is from, empty for the default one.
    """

    name: str
    version: str
    place: Place
    needs: tuple[str, ...] = ()
    marker: str = ""
    groups: tuple[str, ...] = ()
    files: tuple[LockedFile, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock file: its path relative to the project, the name of its form, its pins in the file's order."""

    path: str
    form: str
    pins: tuple[Pinned, ...]
    requires_python: str = ""
