"""Writes the tensors of any model file in another form or dtype, a piece at a time, and reads the result back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path

from blake3 import blake3

from deadweight.core.conversion import Cast, Converted
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import BITS, Checkpoint, Step, Tensor
from deadweight.formats.output import put_in_place, refuse_inside, scratch_directory
from deadweight.models.bodies import elements
from deadweight.models.casting import FLOATS, Casting
from deadweight.models.dequantising import BLOCKS, dequantised
from deadweight.models.forms import Content, Form, name
from deadweight.models.reading import read
from deadweight.models.writing_safetensors import Body

SQUEEZED = "deadweight"
"""The key of the metadata of a squeezed file."""
_SHOWN = 5

Change = Callable[[Tensor, Iterator[bytes]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a conversion is to give: a form; a dtype for all floating point, empty for the one that each has.

    With `allows_overflow` values that the dtype cannot hold become infinite; with `tensors_only` graphs are left.
    `change` gives the bytes of a tensor anew, as many as they were.
    """

    form: Form
    dtype: str = ""
    allows_overflow: bool = False
    tensors_only: bool = False
    change: Change | None = None


@dataclass(slots=True)
class _Passing:
    """Tensors on their way: what casting did to each, and the digest of what was handed on, by name."""

    wanted: Wanted
    progress: Progress
    casts: dict[str, Cast] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def body(self, checkpoint: Checkpoint, tensor: Tensor) -> Body:
        dtype = target(tensor, self.wanted.dtype)
        size = tensor.size if dtype == tensor.dtype else prod(tensor.shape) * BITS[dtype] // 8
        own = name(tensor.path or (tensor.name,))
        return Body(own, dtype, tensor.shape, size, partial(self.pieces, checkpoint, tensor, own))

    def pieces(self, checkpoint: Checkpoint, tensor: Tensor, own: str) -> Iterator[bytes]:
        hasher = blake3()
        given = self._counted(elements(checkpoint, tensor))
        if self.wanted.change is not None:
            given = self.wanted.change(tensor, given)
        for piece in self._cast(given, tensor, own):
            hasher.update(piece)
            yield piece
        self.digests[own] = hasher.hexdigest()

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.progress.advance(len(piece))
            yield piece

    def _cast(self, pieces: Iterator[bytes], tensor: Tensor, own: str) -> Iterator[bytes]:
        dtype, source = target(tensor, self.wanted.dtype), tensor.dtype
        if source in BLOCKS and dtype != source:
            pieces, source = dequantised(pieces, source), "float32"
        if source == dtype:
            if source != tensor.dtype:
                self.casts[own] = Cast(tensor.dtype, dtype, 1, tensor.elements)
            yield from pieces
            return
        casting = Casting(Cast(tensor.dtype, dtype, 1), source)
        yield from casting.pieces(pieces)
        self.casts[own] = casting.told


def target(tensor: Tensor, dtype: str) -> str:
    """The dtype that a tensor gets: the wanted one, where it is of floating point or of blocks that are told."""
    return dtype if dtype and (tensor.dtype in FLOATS or tensor.dtype in BLOCKS) else tensor.dtype


def convert(path: Path, out: Path, wanted: Wanted, progress: Progress = SILENT) -> Converted:
    """Write the tensors of the file; `out` is there whole and compared, or not at all.

    Raises UsageError with every tensor that the form cannot hold, for values beyond the dtype, and for a graph that
    would be lost unless that is allowed; and what reading raises.
    """
    checkpoint = read(path)
    lost = _lost(checkpoint, wanted)
    _check(checkpoint, out, wanted)
    passing = _Passing(wanted, progress)
    content = _content(checkpoint, passing)
    progress.start("converting", sum(one.size for one in checkpoint.tensors))
    with scratch_directory(out) as folder:
        made = folder / out.name
        with made.open("xb") as stream:
            wanted.form.write(stream, content)
        _check_overflow(passing, out)
        _compare(read(made), content, passing)
        after = made.stat().st_size
        put_in_place(made, out)
    progress.finish()
    return Converted(
        file=str(path),
        out=str(out),
        source=checkpoint.format,
        form=wanted.form.name,
        before=checkpoint.size,
        after=after,
        tensors=len(content.paths),
        casts=_together(passing.casts.values()),
        kept=_kept(checkpoint, wanted.dtype),
        shared=content.shared if wanted.form.name != "npz" else {},
        lost=lost,
    )


def _content(checkpoint: Checkpoint, passing: _Passing) -> Content:
    """Every tensor once, however many names it has."""
    places: dict[object, int] = {}
    bodies: list[Body] = []
    paths: dict[tuple[Step, ...], int] = {}
    for tensor in checkpoint.tensors:
        view = (tensor.storage, tensor.offset, tensor.dtype, tensor.shape, tensor.strides)
        key: object = view if tensor.size else tensor.path
        if key not in places:
            places[key] = len(bodies)
            bodies.append(passing.body(checkpoint, tensor))
        paths[tensor.path or (tensor.name,)] = places[key]
    return Content(bodies, paths, checkpoint.values, checkpoint.metadata)


def _lost(checkpoint: Checkpoint, wanted: Wanted) -> tuple[str, ...]:
    """What the form cannot hold, as words; raises UsageError for a graph or program unless it may be left."""
    programs = [f"the {kind}" for kind, there in _programs(checkpoint).items() if there]
    if programs and not wanted.tensors_only:
        raise UsageError(
            f"{wanted.form.name} cannot hold {programs[0]}",
            where=checkpoint.location,
            advice="--tensors-only writes the tensors without it.",
        )
    values = [name(value.path) for value in checkpoint.values if not value.is_plain or not wanted.form.keeps_values]
    return (*programs, *(f"{one}, which is no tensor" for one in values))


def _programs(checkpoint: Checkpoint) -> Mapping[str, bool]:
    return {"graph": checkpoint.has_graph, "program": checkpoint.format == "TorchScript"}


def _check(checkpoint: Checkpoint, out: Path, wanted: Wanted) -> None:
    """Raise for an output inside of the input, a file of codes, two tensors of one name, dtypes without a name."""
    for file in checkpoint.files:
        refuse_inside(out, Path(checkpoint.location).parent / file)
    if SQUEEZED in checkpoint.metadata:
        raise UsageError(
            "its tensors are codes", where=checkpoint.location, advice="deadweight model restore gives the plain ones."
        )
    wanted.form.check(((one.name, target(one, wanted.dtype)) for one in checkpoint.tensors), checkpoint.location)
    names = [name(one.path or (one.name,)) for one in checkpoint.tensors]
    twice = sorted({one for one in names if names.count(one) > 1}) if len(set(names)) < len(names) else ()
    if twice:
        raise UsageError(f"two tensors are called {twice[0]!r}", where=checkpoint.location)


def _check_overflow(passing: _Passing, out: Path) -> None:
    over = {own: cast.overflowed for own, cast in passing.casts.items() if cast.overflowed}
    if over and not passing.wanted.allows_overflow:
        shown = ", ".join(f"{count} of {own}" for own, count in list(over.items())[:_SHOWN])
        raise UsageError(
            f"{passing.wanted.dtype} cannot hold {sum(over.values())} values ({shown}): they would become infinite",
            where=str(out),
            advice="--dtype bf16 reaches as far as fp32; --allow-overflow writes infinity.",
        )


def _compare(result: Checkpoint, content: Content, passing: _Passing) -> None:
    """Hold every tensor that was read back against what was handed on; raises Corrupt where one differs."""
    back = {name(one.path or (one.name,)): one for one in result.tensors}
    for body in content.bodies:
        tensor = back.get(body.name)
        if tensor is None or (tensor.dtype, tensor.shape) != (body.dtype, body.shape):
            raise Corrupt(f"{body.name!r} did not come out as it went in", where=result.location)
        hasher = blake3()
        for piece in elements(result, tensor):
            hasher.update(piece)
        if hasher.hexdigest() != passing.digests[body.name]:
            raise Corrupt(f"{body.name!r} has other bytes than were written", where=result.location)


def _together(casts: Iterable[Cast]) -> tuple[Cast, ...]:
    whole: dict[tuple[str, str], Cast] = {}
    for one in casts:
        key = (one.source, one.target)
        whole[key] = whole[key].with_more(one) if key in whole else one
    return tuple(whole.values())


def _kept(checkpoint: Checkpoint, dtype: str) -> dict[str, int]:
    """Bytes by the dtypes that stay."""
    kept: dict[str, int] = {}
    for one in checkpoint.tensors:
        if target(one, dtype) == one.dtype:
            kept[one.dtype] = kept.get(one.dtype, 0) + one.size
    return kept
