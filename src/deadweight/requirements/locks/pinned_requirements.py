"""Requirements files of nothing but exact pins, as pip-compile, uv, poetry and pip freeze write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.core.requirement import Declared, Lock, LockedFile, Pinned
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.compiled import is_compiled
from deadweight.requirements.reading import Reading
from deadweight.requirements.requirement_files import Listed, take, text_of
from deadweight.requirements.requirement_lines import statements

_VIA = re.compile(r"^(?:via\s+)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?(?:,\s*|$)")


def _read(folder: Path, path: str) -> Lock | None:
    """The lock; None for a list that leaves a version open, or that no tool wrote and that has no hashes."""
    text = _text(folder, path)
    reading = Reading(folder, path)
    take(reading, Listed(path))
    items = [one for one in reading.items if not one.is_constraint]
    if not items or not all(map(_is_exact, items)) or not (is_compiled(text) or _is_sealed(items) or _is_called(path)):
        return None
    reading.end()
    needs = _needs(text)
    return Lock(path, "pinned requirements", tuple(_pin(one, needs) for one in items))


def _text(folder: Path, path: str) -> str:
    try:
        return text_of(folder, path)
    except (OSError, ValueError) as error:
        raise UsageError(f"it cannot be read: {error}", where=path) from error


def _is_exact(one: Declared) -> bool:
    return bool(_version(one.parsed)) or bool(one.parsed.url) or bool(one.path)


def _is_sealed(items: Iterable[Declared]) -> bool:
    """Whether every one has hashes but for those that lie in a folder, which have none."""
    return all(one.hashes or one.path or one.parsed.url for one in items) and any(one.hashes for one in items)


def _is_called(path: str) -> bool:
    """Whether the name says that it is frozen."""
    name = path.rpartition("/")[2].lower()
    return any(word in name for word in ("freeze", "frozen", "lock", "pinned"))


def _version(requirement: Requirement) -> str:
    exact = [one.version for one in requirement.specifier if one.operator in ("==", "===")]
    return exact[0] if len(requirement.specifier) == 1 and exact and not exact[0].endswith("*") else ""


def _pin(one: Declared, needs: Mapping[str, list[str]]) -> Pinned:
    return Pinned(
        one.name,
        _version(one.parsed),
        one.place,
        needs=tuple(needs.get(one.name, ())),
        marker=str(one.parsed.marker or ""),
        files=tuple(LockedFile("", None, (hashed,)) for hashed in one.hashes),
        source=one.path or one.parsed.url or "",
    )


def _needs(text: str) -> Mapping[str, list[str]]:
    """What each name needs: the notes of the tool say under a pin which others need it."""
    found: dict[str, list[str]] = {}
    for statement in statements(text):
        name = re.match(r"[A-Za-z0-9._-]+", statement.asks)
        for by in _via(statement.comments):
            if name:
                found.setdefault(by, []).append(canonicalize_name(name[0]))
    return found


def _via(comments: Iterable[str]) -> Iterator[str]:
    """The distributions of a note, `via flask`, `via` with a line for each, or `via flask, click`; no files."""
    for comment in comments:
        for word in comment.removeprefix("via").split(","):
            if found := _VIA.match(word.strip()):
                yield canonicalize_name(found["name"])


LOCK_READER: LockReader = LockReader(
    name="pinned requirements",
    summary="requirements files with exact versions and hashes, or notes of who needs what",
    names=(
        "requirements*.txt",
        "*[-_.]requirements.txt",
        "*requirements/*.txt",
        "requirements*.lock",
        "*freeze*.txt",
        "*frozen*.txt",
    ),
    read=_read,
    sign=b"==",
)
