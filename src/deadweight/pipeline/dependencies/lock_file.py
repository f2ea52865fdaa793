"""A lock file that is there: its text, where it may be written anew, and the versions in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.requirements.compiled import is_compiled
from deadweight.requirements.requirement_lines import statements
from deadweight.requirements.resolving.pylock import pylock_pins


def text_there(path: Path) -> str | None:
    """The text of the lock, None where nothing is there.

    Raises UsageError for a file that no tool wrote as a lock: it is not overwritten.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as fault:
        raise _not_a_lock(path) from fault
    if text.strip() and not (is_compiled(text) or "lock-version" in text[:2000]):
        raise _not_a_lock(path)
    return text


def versions_in(text: str) -> Mapping[str, str]:
    """The exact versions of a lock's text by name; of several versions of one the first."""
    if "lock-version" in text[:2000]:
        return {pin.name: pin.version for pin in reversed(pylock_pins(text)) if pin.version}
    found: dict[str, str] = {}
    for statement in statements(text):
        for name, version in _exact(statement.asks):
            found.setdefault(name, version)
    return found


def _exact(text: str) -> list[tuple[str, str]]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return []
    pins = [one.version for one in requirement.specifier if one.operator in ("==", "===")]
    return [(canonicalize_name(requirement.name), version) for version in pins if "*" not in version]


def _not_a_lock(path: Path) -> UsageError:
    return UsageError(
        "it is there, and it is no lock that a tool wrote: it is left as it is",
        where=str(path),
        advice="Name another file, or remove it first.",
    )
