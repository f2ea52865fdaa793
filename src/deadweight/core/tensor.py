"""Tensors, where their bytes lie, and the checkpoint that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Protocol

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.gap import Gap

Step = str | int
"""One step of the way to a tensor: the key of a dictionary, or the index in a list."""

BITS: Mapping[str, int] = {
    **{f"{kind}{bits}": bits for kind in ("int", "uint") for bits in (2, 4, 8, 16, 32, 64)},
    "bool": 8,
    "float16": 16,
    "bfloat16": 16,
    "float32": 32,
    "float64": 64,
    "complex64": 64,
    "complex128": 128,
    **{f"float8_{form}": 8 for form in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")},
    "complex32": 32,
    "float4_e2m1fn": 4,
    "float6_e2m3fn": 6,
    "float6_e3m2fn": 6,
    "qint8": 8,
    "quint8": 8,
    "qint32": 32,
    "uint128": 128,
}
"""Bits of one element by dtype; what is not here is stored in blocks, or not known."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A stretch of a file that tensors view: `length` bytes from `offset` on.

    `file` is relative to the folder of the checkpoint. `packing` says how the bytes are packed: empty as they are,
    `deflate`, `varint` (numbers of protobuf), or `stream` where the file as a whole is compressed, `offset` then
    counting in what comes out of it. `size` are the bytes that come out.
    """

    name: str
    file: str
    offset: int
    length: int
    size: int
    packing: str = ""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: `size` are the bytes of its elements, `offset` the bytes from the start of its storage.

    `storage` is an index into the checkpoint's storages. `strides` count elements, empty for rows one after the other.
    `order` is the byte order. `path` are the keys that lead to it, where it lies in nested dictionaries and lists.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    storage: int
    offset: int = 0
    strides: tuple[int, ...] = ()
    order: str = "little"
    path: tuple[Step, ...] = ()

    @property
    def elements(self) -> int:
        """How many there are; one for a scalar."""
        return prod(self.shape)

    @property
    def width(self) -> int:
        """Bytes of one element, 0 where it takes no whole number of them."""
        bits = BITS.get(self.dtype, 0)
        return bits // 8 if bits % 8 == 0 else 0


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of rows one after the other, in elements."""
    strides, step = [], 1
    for length in reversed(shape):
        strides.append(step)
        step *= max(1, length)
    return tuple(reversed(strides))


def is_row_major(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether elements with these strides lie one after the other; lengths of one have any stride."""
    if not strides or 0 in shape:
        return True
    return all(
        length == 1 or stride == wanted for length, stride, wanted in zip(shape, strides, row_major(shape), strict=True)
    )


@dataclass(frozen=True, slots=True)
class Value:
    """Something in a checkpoint that is no tensor: a number of steps, a setting.

    `plain` is the value itself where it is text, a number, a truth or nothing; else a description of it, and `is_plain`
    is False.
    """

    path: tuple[Step, ...]
    plain: str | int | float | bool | None
    is_plain: bool = True


@dataclass(frozen=True, slots=True)
class Code:
    """Something that loading the file would run: `name` is what it calls or imports, `shown` the call as text."""

    name: str
    shown: str
    where: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model file, or several that belong together, read without running anything.

    `files` are the bytes of each file by its name relative to the folder of `location`, the named one first. `parts`
    are the bytes that are neither tensors nor padding, by what they are (header, graph, pickle). `unread` are the
    indices of tensors that the file's own graph does not read; `has_graph` is False where it has none to say so.
    """

    format: str
    location: str
    files: Mapping[str, int]
    tensors: tuple[Tensor, ...]
    storages: tuple[Storage, ...]
    parts: Mapping[str, int] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    code: tuple[Code, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    has_graph: bool = False
    unread: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(self.files.values())


@dataclass(frozen=True, slots=True)
class Account:
    """How the bytes of a checkpoint add up: tensors + unseen + padding + parts = size, exactly, all stored bytes.

    `unseen` lies in storages and no tensor views it, `padding` in nothing at all. `unpacked` is what the tensors take
    when they are loaded, each shared stretch once; `elements` their parameters.
    """

    size: int
    tensors: int
    unseen: int
    padding: int
    parts: Mapping[str, int]
    unpacked: int
    elements: int


@dataclass(frozen=True, slots=True)
class Look:
    """What the bytes of a tensor say, all of them read.

    `digest` is blake3 of its elements, rows one after the other, little-endian. `constant` are the places of the bytes
    within an element that are the same in all elements, the lowest byte being 0, with the byte. `fits` is the smallest
    floating-point dtype that holds every element exactly, empty where that is its own. `is_counting` is whether the
    elements are 0, 1, 2, … along the last axis. `quarters` are the digests of the four quarters of the elements, of
    tensors of 64 kB and more: gates of recurrent layers stand in another order in another format.
    """

    digest: str
    constant: Mapping[int, int] = field(default_factory=dict)
    fits: str = ""
    is_counting: bool = False
    quarters: tuple[str, ...] = ()


class Weighing(Protocol):
    """Checkpoints that are weighed together, and what the bytes of their tensors say."""

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Those that are weighed, by location."""

    def look(self, checkpoint: Checkpoint, tensor: Tensor) -> Look | None:
        """What the bytes of a tensor say, read once; None where they cannot be had, which is a gap."""

    def packed(self, checkpoint: Checkpoint, tensor: Tensor) -> float | None:
        """What lossless coding leaves of the tensor, as a share of its bytes, measured on a sample."""

    def squeezed(self, checkpoint: Checkpoint, tensor: Tensor, step: float) -> float | None:
        """What squeezing is likely to leave of the tensor at a step in shares of its root mean square, on a sample."""


@dataclass(frozen=True, slots=True)
class Held:
    """A tensor of a checkpoint, by the checkpoint's location and the tensor's name."""

    location: str
    name: str


@dataclass(frozen=True, slots=True)
class TensorFinding:
    """What a rule found in checkpoints: the tensors, the bytes that would go, and the evidence, which is never empty.

    `safety` says what may be done with it: `safe` loses nothing that a loaded model has, `suggested` is for a person to
    decide. `is_estimate` marks a size that was measured on a sample.
    """

    rule: str
    says: str
    size: int
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    safety: Safety = Safety.SUGGESTED
    tensors: tuple[Held, ...] = ()
    is_estimate: bool = False

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.rule}: a finding without evidence")
