"""A lock is compared with the one that is there, and written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deadweight.dependencies.lock_changes import LockOutcome, changes
from deadweight.pipeline.dependencies.lock_file import text_there, versions_in
from deadweight.pipeline.dependencies.locking import Asked, Form, Wish, lock
from deadweight.requirements.uv import Uv
from deadweight.requirements.writing.replacing import replace_files
from deadweight.requirements.writing.requirements_file import unhashed


@dataclass(frozen=True, slots=True)
class LockOrder:
    """What lock is wanted: where, in which form, for what; `upgrade` to keep no version, `check` to write nothing."""

    out: Path | None
    form: Form
    wish: Wish
    upgrade: bool = False
    check: bool = False


def lock_to(uv: Uv, what: Asked, order: LockOrder) -> LockOutcome:
    """Lock what is asked, and write it where it goes unless it is there already.

    Raises UsageError where what is there is no lock, and as `lock` does.
    """
    there = text_there(order.out) if order.out else None
    before = versions_in(there) if there else {}
    locked = lock(uv, what, order.wish, {} if order.upgrade else before, order.form)
    is_current = there == locked.text
    writes = order.out is not None and not is_current and not order.check
    if writes and order.out:
        replace_files({order.out: locked.text.encode()})
    return LockOutcome(
        str(order.out or ""),
        locked.text,
        locked.resolved.pins,
        tuple(map(str, locked.resolved.targets)),
        is_current,
        there is not None,
        writes,
        locked.resolved.download,
        changes(before, {pin.name: pin.version for pin in locked.resolved.pins}) if before else (),
        tuple(pin.name for pin in unhashed(locked.resolved)),
    )
