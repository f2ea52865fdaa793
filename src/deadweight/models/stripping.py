"""Writes a model file without its dead weight, reads it back, and compares every tensor before it gets its name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.model_report import Stripped
from deadweight.core.tensor import Checkpoint, Value, Weighing
from deadweight.formats.output import put_in_place, refuse_inside, scratch_directory
from deadweight.models import writing_safetensors, writing_torch
from deadweight.models.bodies import elements
from deadweight.models.looks import look
from deadweight.models.reading import read
from deadweight.models.selection import Kept, Selection, Wish, digest_of, select, written_name
from deadweight.models.writing_safetensors import Body

TORCH_ENDINGS = (".pt", ".pth", ".bin", ".ckpt")
SAFETENSORS_ENDING = ".safetensors"
VALUES, PREFIX, SHARED = "values", "prefix", "shared"


def strip(weighing: Weighing, wish: Wish, out: Path, *, tensors_only: bool = False) -> Stripped:
    """Write what `select` keeps; `out` is there whole and compared, or not at all.

    Raises UsageError for an output that is no safetensors or torch file, that exists, or that could not hold a graph.
    """
    lost = tuple(_lost(weighing.checkpoints))
    _check(weighing.checkpoints, out, lost if not tensors_only else ())
    selection = select(weighing, wish)
    with scratch_directory(out) as folder:
        made = folder / out.name
        names = _write(weighing, selection, made)
        _compare(weighing, selection, names, read(made))
        after = made.stat().st_size
        put_in_place(made, out)
    return Stripped(
        out=str(out),
        before=sum(checkpoint.size for checkpoint in weighing.checkpoints),
        after=after,
        kept=len(selection.kept),
        dropped=tuple(selection.dropped),
        shared={kept.name: holder.name for kept, holder in selection.shared},
        prefix="" if _is_torch(out) else ".".join(map(str, selection.prefix)),
        lost=lost,
    )


def _check(checkpoints: Sequence[Checkpoint], out: Path, lost: Sequence[str]) -> None:
    if lost:
        raise UsageError(
            f"a file of tensors cannot hold {lost[0]}",
            where=str(out),
            advice="--tensors-only writes the tensors without it.",
        )
    if out.suffix != SAFETENSORS_ENDING and not _is_torch(out):
        raise UsageError(
            f"{out.suffix!r} is no format that is written" if out.suffix else "it has no ending that says its format",
            where=str(out),
            advice=f"Name it {SAFETENSORS_ENDING}, or {', '.join(TORCH_ENDINGS)} for torch.",
        )
    if _is_torch(out) and len(checkpoints) > 1:
        raise UsageError("several files go into one of safetensors", where=str(out), advice="-o OUT.safetensors")
    for checkpoint in checkpoints:
        for name in checkpoint.files:
            refuse_inside(out, Path(checkpoint.location).parent / name)


def _is_torch(out: Path) -> bool:
    return out.suffix in TORCH_ENDINGS


def _lost(checkpoints: Iterable[Checkpoint]) -> Iterable[str]:
    for checkpoint in checkpoints:
        name = Path(checkpoint.location).name
        if checkpoint.has_graph:
            yield f"the graph of {name}"
        elif checkpoint.format == "TorchScript":
            yield f"the program of {name}"


def _write(weighing: Weighing, selection: Selection, made: Path) -> dict[int, str]:
    """Write the file; gives the name of each kept tensor in it, by its index."""
    if _is_torch(made):
        names = {index: kept.name for index, kept in enumerate(selection.kept)}
        places = {kept.path: index for index, kept in enumerate(selection.kept)}
        paths = places | {kept.path: places[holder.path] for kept, holder in selection.shared}
        with made.open("xb") as stream:
            writing_torch.write(stream, _bodies(selection, names), paths, _in_tree(selection))
        return names
    names = {index: written_name(kept, selection.prefix) for index, kept in enumerate(selection.kept)}
    with made.open("xb") as stream:
        writing_safetensors.write(stream, _bodies(selection, names), _metadata(weighing, selection))
    return names


def _bodies(selection: Selection, names: dict[int, str]) -> list[Body]:
    return [
        Body(names[index], kept.tensor.dtype, kept.tensor.shape, kept.tensor.size, partial(_pieces, kept))
        for index, kept in enumerate(selection.kept)
    ]


def _pieces(kept: Kept) -> Iterator[bytes]:
    return elements(kept.checkpoint, kept.tensor)


def _in_tree(selection: Selection) -> list[Value]:
    return [value for value in selection.values if all(isinstance(step, str) for step in value.path)]


def _metadata(weighing: Weighing, selection: Selection) -> dict[str, str]:
    """The file's own metadata, the names that share another's bytes, the values, and what was taken off the names."""
    if len(weighing.checkpoints) > 1:
        reshaped = {kept.name: _reshaped(selection, kept, holder) for kept, holder in selection.shared}
        return {SHARED: json.dumps(reshaped, sort_keys=True, separators=(",", ":"), ensure_ascii=False)}
    metadata = dict(weighing.checkpoints[0].metadata)
    for kept, holder in selection.shared:
        metadata[written_name(kept, selection.prefix)] = written_name(holder, selection.prefix)
    if selection.values:
        values = {".".join(map(str, value.path)): value.plain for value in selection.values}
        metadata[VALUES] = json.dumps(values, sort_keys=True)
    if selection.prefix:
        metadata[PREFIX] = ".".join(map(str, selection.prefix))
    return metadata


def _reshaped(selection: Selection, kept: Kept, holder: Kept) -> list[object]:
    """The tensor that holds the elements, the shape that they have here, and the order of its quarters if another."""
    order = selection.orders.get(kept.path, ())
    return [holder.name, list(kept.tensor.shape), *([list(order)] if order else ())]


def _compare(weighing: Weighing, selection: Selection, names: dict[int, str], result: Checkpoint) -> None:
    """Every tensor of the result against the original; raises Corrupt where one differs or is missing."""
    written = {tensor.name: tensor for tensor in result.tensors}
    wanted = [(names[index], kept) for index, kept in enumerate(selection.kept)]
    places = {kept.path: names[index] for index, kept in enumerate(selection.kept)}
    wanted += [(places[holder.path], kept) for kept, holder in selection.shared]
    for name, kept in wanted:
        tensor = written.get(name)
        if tensor is None or (tensor.dtype, tensor.size) != (kept.tensor.dtype, kept.tensor.size):
            raise Corrupt(f"{name!r} did not come out as it went in", where=kept.checkpoint.location)
        pieces = _ordered(elements(result, tensor), selection.orders.get(kept.path, ()))
        if look(tensor, pieces).digest != digest_of(weighing, kept):
            raise Corrupt(f"{name!r} has other bytes than it had", where=kept.checkpoint.location)


def _ordered(pieces: Iterator[bytes], order: tuple[int, ...]) -> Iterator[bytes]:
    """The bytes with their quarters in that order, as they are for none."""
    if not order:
        return pieces
    whole = b"".join(pieces)
    length = len(whole) // len(order)
    return (whole[number * length : (number + 1) * length] for number in order)
