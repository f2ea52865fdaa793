"""What two versions of a zoo differ in, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.plural import plural
from deadweight.core.zoo import StoredTensor
from deadweight.core.zoo_report import ChangedTensor, Magnitude, ZooDifference
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, clipped, fitted, printable

MOST = 20
WIDTH = 110


def text(difference: ZooDifference, colour: bool) -> str:
    """What was added, removed and changed, biggest first, and what is the same."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(difference, Paint(colour)))


def _lines(found: ZooDifference, paint: Paint) -> Iterator[str]:
    yield paint(f"{found.before.reference} -> {found.after.reference}", "bold")
    yield ""
    yield from _changed(found.changed, paint)
    yield from _listed("Added", found.added, paint)
    yield from _listed("Removed", found.removed, paint)
    if found.files:
        more = f" and {len(found.files) - MOST} more" if len(found.files) > MOST else ""
        yield f"Files that differ: {printable(', '.join(found.files[:MOST]))}{more}"
    yield f"{plural(found.same, 'tensor')} the same, {size(found.same_bytes)}"
    for gap in found.gaps:
        yield paint("Not known  ", "yellow", "bold") + clipped(printable(f"{gap.where}: {gap.reason}"), WIDTH)


def _changed(changed: Sequence[ChangedTensor], paint: Paint) -> Iterator[str]:
    if not changed:
        return
    whole = sum(one.after.size for one in changed)
    yield paint("Changed", "bold") + paint(f"  ({plural(len(changed), 'tensor')}, {size(whole)})", "dim")
    for one in sorted(changed, key=lambda one: -one.after.size)[:MOST]:
        name = f"{fitted(printable(one.after.name), 48):<48}"
        yield f"  {size(one.after.size):>9}  {name}  {_how(one)}"
    yield from _more(len(changed))
    yield ""


def _how(one: ChangedTensor) -> str:
    before, after = _kind(one.before), _kind(one.after)
    if before != after:
        return f"{before} -> {after}"
    return _moved(one.magnitude, one.after.elements) if one.magnitude else "other bytes"


def _moved(moved: Magnitude, elements: int) -> str:
    share = f"{100 * moved.elements / elements:.3g} %" if elements else "none"
    return f"{share} of the elements, at most {moved.largest:.3g}, {moved.relative:.2%} as a whole"


def _listed(word: str, tensors: Sequence[StoredTensor], paint: Paint) -> Iterator[str]:
    if not tensors:
        return
    whole = sum(one.size for one in tensors)
    yield paint(word, "bold") + paint(f"  ({plural(len(tensors), 'tensor')}, {size(whole)})", "dim")
    for one in sorted(tensors, key=lambda one: -one.size)[:MOST]:
        yield f"  {size(one.size):>9}  {fitted(printable(one.name), 48):<48}  {paint(_kind(one), 'dim')}"
    yield from _more(len(tensors))
    yield ""


def _more(count: int) -> Iterator[str]:
    if count > MOST:
        yield f"             {count - MOST:,} more; --json lists them"


def _kind(tensor: StoredTensor) -> str:
    return f"{tensor.dtype} {' x '.join(map(str, tensor.shape)) or 'scalar'}"
