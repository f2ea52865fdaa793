"""What became of a lock: the versions in it, and those that are others than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.requirement import Pinned


@dataclass(frozen=True, slots=True)
class Change:
    """One distribution whose version is another than before; empty for none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """What came of it: `is_current` whether the lock that is there is just this, `download` the fewest bytes.

    `unhashed` are the pins that no hash can be given of, `changes` the versions that differ from those before.
    """

    path: str
    text: str
    pins: tuple[Pinned, ...]
    targets: tuple[str, ...]
    is_current: bool
    was_there: bool
    written: bool
    download: int | None
    changes: tuple[Change, ...] = ()
    unhashed: tuple[str, ...] = ()


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, sorted by name."""
    names = sorted({*before, *after})
    found = (Change(name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(one for one in found if one.before != one.after)
