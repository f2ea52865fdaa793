"""What came of a lock, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.plural import plural
from deadweight.dependencies.lock_changes import Change, LockOutcome
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, printable

_MOST = 40


def lock_report(outcome: LockOutcome, paint: Paint) -> str:
    """A few lines: what is in the lock, what changed, what no hash can be given of."""
    return "".join(f"{line}\n" for line in _lines(outcome, paint))


def change_lines(changes: Sequence[Change], paint: Paint) -> Iterator[str]:
    """A line a distribution whose version is another."""
    width = max((len(one.name) for one in changes), default=0)
    for one in changes[:_MOST]:
        name = printable(one.name).ljust(width)
        if not one.before:
            yield f"  {paint(name, 'green')}  new, {one.after}"
        elif not one.after:
            yield f"  {paint(name, 'red')}  gone, was {one.before}"
        else:
            yield f"  {paint(name, 'yellow')}  {one.before} -> {one.after}"
    if len(changes) > _MOST:
        yield f"  and {len(changes) - _MOST} more"


def _lines(outcome: LockOutcome, paint: Paint) -> Iterator[str]:
    weight = f", {size(outcome.download)} to download" if outcome.download is not None else ""
    head = f"{plural(len(outcome.pins), 'exact version')}{weight}, for {'; '.join(outcome.targets)}"
    yield f"{paint(printable(outcome.path), 'bold')}  {head}"
    yield f"  {_became(outcome)}"
    yield from change_lines(outcome.changes, paint)
    if outcome.unhashed:
        yield f"  no hash is known of {', '.join(outcome.unhashed)}: pip --require-hashes refuses the list"


def _became(outcome: LockOutcome) -> str:
    if outcome.is_current:
        return "up to date"
    if outcome.written:
        return "written anew" if outcome.was_there else "written"
    return "out of date: run deadweight deps lock without --check" if outcome.was_there else "not there"
