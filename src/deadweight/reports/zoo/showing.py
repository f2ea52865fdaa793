"""One version of a zoo, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.plural import plural
from deadweight.core.zoo_report import ShownTensor, ZooShown
from deadweight.reports.measures import share, size
from deadweight.reports.paint import Paint, fitted, printable

MOST_TENSORS = 20
MOST_FILES = 12


def text(shown: ZooShown, colour: bool) -> str:
    """Where it comes from, its files, its biggest tensors."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(shown, Paint(colour)))


def _lines(shown: ZooShown, paint: Paint) -> Iterator[str]:
    one = shown.version
    yield paint(str(one.reference), "bold") + f"  {size(one.size)}, {', '.join(one.formats)}, {printable(one.created)}"
    yield paint(f"  manifest {shown.manifest}", "dim")
    if shown.lineage:
        yield f"  made from {printable(', from '.join(shown.lineage))}"
    yield from (f"  {printable(key)}: {printable(value)}" for key, value in one.notes.items())
    yield ""
    yield from _files(shown, paint)
    yield from _tensors(shown, paint)


def _files(shown: ZooShown, paint: Paint) -> Iterator[str]:
    yield paint("Files", "bold")
    for file in shown.files[:MOST_FILES]:
        kind = f"  {file.format}" if file.format else ""
        yield f"  {size(file.size):>9}  {fitted(printable(file.path), 60)}{kind}  {paint(file.digest[:19], 'dim')}"
    if len(shown.files) > MOST_FILES:
        yield f"             {len(shown.files) - MOST_FILES} more; --json lists them"
    yield ""


def _tensors(shown: ZooShown, paint: Paint) -> Iterator[str]:
    yield paint("Tensors", "bold") + paint("  (bytes, in the store, who has the same)", "dim")
    yield from (_tensor(one, paint) for one in shown.tensors[:MOST_TENSORS])
    rest = shown.tensors[MOST_TENSORS:]
    if rest:
        yield f"  {size(sum(one.tensor.size for one in rest)):>9}  {len(rest):,} more; --json lists them"
    alone = [one for one in shown.tensors if not one.shared]
    held = sum(one.tensor.size for one in shown.tensors)
    counts = f"{plural(len(shown.tensors) - len(alone), 'tensor')} of {len(shown.tensors):,}"
    shared = held - sum(one.tensor.size for one in alone)
    yield ""
    yield f"{counts} are in other versions too: {size(shared)}, {share(shared, held)}"


def _tensor(one: ShownTensor, paint: Paint) -> str:
    tensor = one.tensor
    kind = f"{tensor.dtype} {' x '.join(map(str, tensor.shape)) or 'scalar'}"
    stored = "between" if one.stored < 0 else size(one.stored)
    how = " as a difference" if one.is_difference else ""
    others = f"  {fitted(printable(', '.join(one.shared)), 40)}" if one.shared else ""
    name = f"{fitted(printable(tensor.name), 44):<44}"
    return f"  {size(tensor.size):>9} {stored:>9}{how}  {name} {paint(fitted(kind, 26), 'dim')}{others}"
