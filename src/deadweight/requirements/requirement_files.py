"""A requirements file with all that it includes: what it asks for, what it bounds, and every fault in it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.requirement import Place, Role
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.requirement_lines import Statement, decoded, faults, statements

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a chain: its path, what its requirements are for, and the files that include it, outermost first."""

    path: str
    role: Role = Role.CORE
    group: str = ""
    is_constraint: bool = False
    by: tuple[str, ...] = ()
    said_at: Place | None = None


def take(reading: Reading, listed: Listed) -> None:
    """Take what the file and those it includes ask for; a missing file, a cycle and a bad line are problems."""
    text = _text(reading, listed)
    if text is None:
        return
    reading.files.append(listed.path)
    for statement in statements(text):
        place = Place(listed.path, statement.line)
        wrong = list(faults(statement))
        for what in wrong:
            reading.problem(what, place)
        if not wrong:
            _take(reading, listed, statement)


def text_of(folder: Path, path: str) -> str:
    """The text of a requirements file; OSError where it cannot be read, ValueError where it is no text."""
    data = (folder / path).read_bytes()
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no {error.encoding} text at byte {error.start}") from error
    except LookupError as error:
        raise ValueError(str(error)) from error


def _text(reading: Reading, listed: Listed) -> str | None:
    if listed.path in listed.by:
        cycle = " -> ".join((*listed.by[listed.by.index(listed.path) :], listed.path))
        reading.problem(f"the files include each other in a circle: {cycle}", listed.said_at)
        return None
    try:
        return text_of(reading.folder, listed.path)
    except OSError as error:
        reading.problem(f"{listed.path} cannot be read: {error.strerror or error}", listed.said_at)
    except ValueError as error:
        reading.problem(str(error), Place(listed.path))
    return None


def _take(reading: Reading, listed: Listed, statement: Statement) -> None:
    place = Place(listed.path, statement.line)
    asked = Asked(place, listed.role, listed.group, listed.is_constraint, hashes=statement.values("--hash"))
    if statement.asks:
        reading.add(statement.asks, asked)
    for value in statement.values("--editable"):
        reading.add(value, replace(asked, is_editable=True))
    for inner, said in _included(listed, statement):
        if _REMOTE.match(said) or "${" in said:
            reading.gap(f"{said} is included and lies elsewhere; it was not read", place)
        else:
            take(reading, replace(inner, said_at=place))


def _included(listed: Listed, statement: Statement) -> Iterator[tuple[Listed, str]]:
    """The files that a statement includes, and how it spells each."""
    for option, bounds in (("--requirement", listed.is_constraint), ("--constraint", True)):
        for said in statement.values(option):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(listed.path), said))
            yield replace(listed, path=path, is_constraint=bounds, by=(*listed.by, listed.path)), said
