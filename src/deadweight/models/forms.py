"""The forms that tensors are written in, each known by the ending of its file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from deadweight.core.errors import UsageError
from deadweight.core.tensor import Step, Value
from deadweight.models import writing_npz, writing_safetensors, writing_torch
from deadweight.models.writing_safetensors import Body

VALUES = "values"
_SHOWN = 5
_NO_BFLOAT16 = "numpy has neither bfloat16 nor blocks: --dtype fp32 or fp16, or another form."
ONNX = "onnx"
ONNX_ENDING = ".onnx"


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to hold: bodies, for each name with the keys that lead to it the body that it stands for.

    `metadata` are texts of the file itself.
    """

    bodies: Sequence[Body]
    paths: Mapping[tuple[Step, ...], int]
    values: Sequence[Value] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def shared(self) -> dict[str, str]:
        """Names that stand for the bytes of another, with that one."""
        held = {name(path): self.bodies[index].name for path, index in self.paths.items()}
        return {own: holder for own, holder in held.items() if own != holder}


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its endings, the dtypes that it has names for, and whether it keeps values that are no tensors.

    `advice` is for whoever has a dtype that it lacks.
    """

    name: str
    endings: tuple[str, ...]
    dtypes: frozenset[str]
    keeps_values: bool
    write: Callable[[BinaryIO, Content], None]
    advice: str = "--dtype fp32 or fp16 writes plain numbers of floating point, and of GGUF's q8_0, q5 and q4."

    def check(self, dtypes: Iterable[tuple[str, str]], where: str) -> None:
        """Raise UsageError that names all dtypes that the form lacks and the first tensors; given as (name, dtype)."""
        wrong = [(own, dtype) for own, dtype in dtypes if dtype not in self.dtypes]
        if wrong:
            shown = ", ".join(own for own, _ in wrong[:_SHOWN]) + (", …" if len(wrong) > _SHOWN else "")
            lacked = ", ".join(sorted({dtype for _, dtype in wrong}))
            raise UsageError(
                f"{self.name} has no name for {lacked} ({len(wrong)}: {shown})", where=where, advice=self.advice
            )


def name(path: tuple[Step, ...]) -> str:
    """The keys that lead to a tensor, as one name."""
    return ".".join(map(str, path))


def _safetensors(stream: BinaryIO, content: Content) -> None:
    metadata = {**content.metadata, **content.shared}
    plain = {name(value.path): value.plain for value in content.values if value.is_plain}
    if plain:
        metadata[VALUES] = json.dumps(plain, sort_keys=True)
    writing_safetensors.write(stream, content.bodies, metadata)


def _torch(stream: BinaryIO, content: Content) -> None:
    values = [value for value in content.values if value.is_plain]
    writing_torch.write(stream, content.bodies, content.paths, values)


def _npz(stream: BinaryIO, content: Content) -> None:
    """Every name with its bytes: there is no place to say that two are one."""
    whole = [
        Body(name(path), one.dtype, one.shape, one.size, one.pieces)
        for path, index in content.paths.items()
        for one in (content.bodies[index],)
    ]
    writing_npz.write(stream, whole)


FORMS = (
    Form("safetensors", (".safetensors",), writing_safetensors.DTYPE_NAMES, True, _safetensors),
    Form("torch", (".pt", ".pth", ".bin", ".ckpt"), writing_torch.DTYPE_NAMES, True, _torch),
    Form("npz", (".npz",), frozenset(writing_npz.CODES), False, _npz, _NO_BFLOAT16),
)
ENDINGS = ", ".join(f"{form.endings[0]} ({form.name})" for form in FORMS)
NAMES = (*(form.name for form in FORMS), ONNX)
"""What `--to` takes."""


def form_of(out: Path, named: str | None = None) -> Form | None:
    """The form by its name, else by the ending of the file; None for ONNX. Raises UsageError for no known one.

    A name, if only an empty one, is of a command that takes it.
    """
    if (named or out.suffix.removeprefix(".")) == ONNX:
        return None
    for form in FORMS:
        if named == form.name or (not named and out.suffix in form.endings):
            return form
    raise UsageError(
        f"{out.suffix!r} is no form that is written" if out.suffix else "it has no ending that says its form",
        where=str(out),
        advice=f"Name it {ENDINGS} or {ONNX_ENDING}{'' if named is None else ', or say which with --to'}.",
    )
