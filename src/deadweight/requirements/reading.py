"""The reading of one file, bit by bit: what it asks for, and all that is wrong with it, told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

from deadweight.core.errors import UsageError
from deadweight.core.gap import Gap
from deadweight.core.plural import plural
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.requirements.requirement_text import Asking, Named, Unnamed, asking

STAGE = "requirements"
ADVICE = "Correct the file; nothing was taken from it."


@dataclass(frozen=True, slots=True)
class Asked:
    """For what and where a file asks for something."""

    place: Place
    role: Role = Role.CORE
    group: str = ""
    is_constraint: bool = False
    is_editable: bool = False
    hashes: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """What has been read so far of a file and those that it includes."""

    folder: Path
    path: str
    items: list[Declared] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    problems: list[tuple[Place, str]] = field(default_factory=list)

    def problem(self, what: str, place: Place | None = None) -> None:
        """Remember what is wrong, and where."""
        self.problems.append((place or Place(self.path), what))

    def gap(self, reason: str, place: Place | None = None) -> None:
        """Remember what cannot be told, and where."""
        self.gaps.append(Gap(STAGE, str(place or Place(self.path)), reason))

    def add(self, text: str, asked: Asked) -> None:
        """Take one requirement as it is spelled: PEP 508, a URL, or a path; one that is none of these is a problem."""
        try:
            found = asking(text, Asking(self.folder, PurePosixPath(asked.place.path).parent.as_posix()))
        except ValueError as error:
            self.problem(str(error), asked.place)
            return
        if isinstance(found, Unnamed):
            self.gap(found.reason, asked.place)
        else:
            self.declare(found, asked, text)

    def declare(self, found: Named, asked: Asked, text: str) -> None:
        """Take one requirement that was read already, with the text that it is spelled by."""
        if found.unknown:
            self.gap(found.unknown, asked.place)
        self.items.append(
            Declared(
                found.name,
                found.requirement,
                asked.role,
                asked.place,
                group=asked.group,
                spelled=text,
                hashes=asked.hashes,
                is_editable=asked.is_editable,
                is_constraint=asked.is_constraint,
                path=found.path,
            )
        )

    def end(self) -> None:
        """Raise UsageError with every problem, if there is one."""
        if self.problems:
            raise problems_of((str(place), what) for place, what in self.problems)

    def stop(self, what: str, place: Place | None = None) -> NoReturn:
        """Raise UsageError with this and all problems before it."""
        self.problem(what, place)
        raise problems_of((str(place), what) for place, what in self.problems)

    def declarations(self, **facts: str | tuple[str, ...] | Mapping[str, object]) -> Declarations:
        """What was read, where nothing is wrong with it; UsageError with every problem otherwise."""
        self.end()
        files = tuple(dict.fromkeys(self.files))
        return Declarations(tuple(self.items), files=files, gaps=tuple(self.gaps), **facts)  # type: ignore[arg-type]  # the caller's keywords are the fields'


def problems_of(found: Iterable[tuple[str, str]]) -> UsageError:
    """One error that tells every problem, each with its place."""
    told = list(dict.fromkeys(f"{where}: {what}" for where, what in found))
    if len(told) == 1:
        where, _, what = told[0].partition(": ")
        return UsageError(what, where=where, advice=ADVICE)
    listed = "".join(f"\n  {one}" for one in told)
    return UsageError(f"{plural(len(told), 'problem')}{listed}", advice=ADVICE)


def every_one(faults: Iterable[UsageError]) -> UsageError:
    """One error for those of several files, each told once."""
    several = {fault.message: fault for fault in faults}
    return next(iter(several.values())) if len(several) == 1 else UsageError("\n".join(several))
