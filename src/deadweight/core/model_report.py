"""What weighing model files says, and what stripping one came to: the values that the report writers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deadweight.core.gap import Gap
from deadweight.core.tensor import Account, Code, TensorFinding

MODEL_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One tensor: `size` are the bytes of its elements, `file` and `offset` where they lie.

    `shared` is the name of an earlier tensor that views the same bytes, empty where there is none. `packing` says how
    they are packed, empty where they are stored as they are.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    file: str
    offset: int
    shared: str = ""
    packing: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One checkpoint: its account, what each dtype takes, and its tensors, most bytes first."""

    location: str
    format: str
    files: Mapping[str, int]
    account: Account
    dtypes: Mapping[str, int]
    tensors: tuple[Row, ...]
    code: tuple[Code, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Model files that were weighed together."""

    version: str
    checkpoints: tuple[Weighed, ...]
    findings: tuple[TensorFinding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    schema: int = MODEL_SCHEMA


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that the result does not hold, with the reason; `size` in bytes."""

    location: str
    name: str
    why: str
    size: int


@dataclass(frozen=True, slots=True)
class Stripped:
    """What stripping came to: bytes `before` and `after`, tensors `kept`, all of them equal to the original's.

    `shared` are tensors that are there under another name, with that name. `prefix` was taken off the names. `lost`
    says what the result cannot hold: graphs and programs.
    """

    out: str
    before: int
    after: int
    kept: int
    dropped: tuple[Dropped, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    lost: tuple[str, ...] = ()
    schema: int = MODEL_SCHEMA
