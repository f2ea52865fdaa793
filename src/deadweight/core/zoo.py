"""What a zoo holds: versions of models, their files as parts that are stored once, and the tensors that lie in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from deadweight.core.errors import UsageError

_COMPONENT = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
_NAME = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_VERSION = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_LONGEST = 128

CONTENTS_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """A version of a model by name and version; an empty version is the latest one, or the next where one is made."""

    name: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.version}" if self.version else self.name


def reference(text: str) -> Reference:
    """The reference that `NAME`, `NAME:VERSION` or `NAME@VERSION` is; raises UsageError for what registries refuse."""
    name, sign, version = text.replace("@", ":", 1).partition(":")
    good = _NAME.fullmatch(name) and len(name) <= _LONGEST
    if good and (not sign or (_VERSION.fullmatch(version) and len(version) <= _LONGEST)):
        return Reference(name, version)
    raise UsageError(
        f"{text[:200]!r} is no version of a model",
        where="the name",
        advice="Write NAME or NAME:VERSION: small letters and digits, single . _ - between them.",
    )


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob of the store: its digest (`sha256:<hex>`) and its bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file that is stored once in all versions: some of a tensor, or of what lies between tensors.

    `digest` is blake3 of its `size` bytes. They are coded as `coding` says, in elements of `width` bytes, into the
    `length` bytes at `offset` of `blob`; `base` is the digest of the part that they are the difference to, or empty.
    """

    digest: str
    size: int
    blob: str
    offset: int
    length: int
    coding: str
    width: int = 1
    base: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Tensors of a file that lie there as they are: `size` bytes at `offset`, by the indices of their parts."""

    offset: int
    size: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a version: its path, bytes and sha256. What lies in no run is in the parts of `rest`, one after
    the other.
    """

    path: str
    size: int
    digest: str
    runs: tuple[Run, ...]
    rest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor of a version: `digest` is blake3 of its elements, rows one after the other, little-endian.

    It is empty where they could not be read. `offset` is where they lie in `file` as they are, -1 where they do not.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    digest: str
    file: str
    offset: int = -1
    order: str = "little"

    @property
    def elements(self) -> int:
        """How many there are; one for a scalar."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model file of a version, with the files that belong to it, as its reader saw it."""

    path: str
    format: str
    tensors: tuple[StoredTensor, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a version is made of; the parts that others are differences to are among its parts."""

    files: tuple[StoredFile, ...]
    models: tuple[StoredModel, ...]
    parts: tuple[Part, ...]
    schema: int = CONTENTS_SCHEMA


@dataclass(frozen=True, slots=True)
class Summary:
    """What a version says of itself: the configuration of its manifest.

    `number` counts the versions of the name in the order in which they were added. `size` are the bytes of its files.
    `parent` is the version that it was made from, as text, or empty. `is_folder` is whether it was added as a folder.
    """

    name: str
    version: str
    number: int
    parent: str
    created: str
    size: int
    files: int
    tensors: int
    formats: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    is_folder: bool = False
    schema: int = CONTENTS_SCHEMA

    @property
    def reference(self) -> Reference:
        """Its name and version."""
        return Reference(self.name, self.version)


@dataclass(frozen=True, slots=True)
class Version:
    """A version in a store: its summary, its manifest, and the blobs that it needs; the first holds its contents."""

    summary: Summary
    manifest: Blob
    config: Blob
    layers: tuple[Blob, ...]

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Every blob that must stay while the version does."""
        return (self.manifest, self.config, *self.layers)
